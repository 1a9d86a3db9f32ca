/// A call that is one too many.
package struct CallRefusal: Error, Sendable, Equatable {
    /// The limit that it hit: of several the one that holds the longest.
    package let meter: Meter
    /// How many calls there are room for.
    package let limit: Int
    /// Whole seconds until the window is over, 1 at least.
    package let retryAfter: Int

    package init(meter: Meter, limit: Int, retryAfter: Int) {
        self.meter = meter
        self.limit = limit
        self.retryAfter = retryAfter
    }
}

/// How a caller stands after a call: the limit that is the nearest to being reached.
package struct CallStanding: Sendable, Equatable {
    /// How many calls its window has room for.
    package let limit: Int
    /// How many are left, as far as this node knows: others may have taken some since it last asked.
    package let remaining: Int
    /// Whole seconds until the window is over.
    package let reset: Int

    package init(limit: Int, remaining: Int, reset: Int) {
        self.limit = limit
        self.remaining = remaining
        self.reset = reset
    }
}
