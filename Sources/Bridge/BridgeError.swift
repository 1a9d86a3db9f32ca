/// Why a bridge cannot be started.
package struct BridgeError: Error, Sendable, Equatable {
    /// The kinds of obstacle.
    package enum Code: String, Sendable, CaseIterable {
        /// The URL is none that the bridge can use.
        case url
        /// The URL would carry the token in clear text over a network.
        case plainText = "plain_text"
        /// The token has characters that no token has.
        case token
        /// The names of tools are none.
        case tools
        /// The file of authorities cannot be used.
        case authorities
        /// The HTTP library or the system gives nothing to work with.
        case system
    }

    /// What kind of obstacle it is.
    package let code: Code
    /// One sentence that says what would be accepted.
    package let message: String

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }
}
