/// Why there are no embeddings.
package struct EmbeddingError: Error, Sendable, Equatable {
    /// The kinds of obstacle, as metrics count them.
    package enum Code: String, Sendable, CaseIterable {
        /// The settings are none that can be used.
        case settings
        /// No answer came, or none in time.
        case unreachable
        /// The endpoint does not take the key.
        case unauthorized
        /// The endpoint wants fewer requests.
        case rateLimited = "rate_limited"
        /// The endpoint has a problem of its own.
        case unavailable
        /// The endpoint does not take these texts.
        case rejected
        /// The answer is none that can be used.
        case badAnswer = "bad_answer"
        /// It is not asked for a while, because it failed a moment ago.
        case resting
        /// Too many wait for it already.
        case busy
    }

    /// What kind of obstacle it is.
    package let code: Code
    /// One sentence for the operator; holds nothing of what was sent.
    package let message: String
    /// How long the endpoint asks to wait.
    package let retryAfter: Duration?

    init(_ code: Code, _ message: String, retryAfter: Duration? = nil) {
        self.code = code
        self.message = message
        self.retryAfter = retryAfter
    }

    /// Nobody was asked.
    package static let unasked = EmbeddingError(.unreachable, "The endpoint was not asked.")

    /// Whether the same texts may be taken later.
    package var passes: Bool { code != .rejected && code != .settings }
}
