/// How much a document may ask of its reader.
package struct JSONLimits: Sendable, Equatable {
    /// How deep arrays and objects may be nested; a document that is one number has depth 0.
    package var maxDepth: Int
    /// How many bytes a document may have.
    package var maxBytes: Int
    /// How many values and names a document may have.
    package var maxNodes: Int

    /// Makes limits; the defaults are those of a request's body.
    package init(maxDepth: Int = 64, maxBytes: Int = 4 << 20, maxNodes: Int = 1 << 18) {
        self.maxDepth = maxDepth
        self.maxBytes = min(maxBytes, Int(Int32.max))
        self.maxNodes = min(maxNodes, Int(Int32.max))
    }
}
