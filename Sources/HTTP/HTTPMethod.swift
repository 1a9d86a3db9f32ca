/// What a request asks for, spelled as on the wire; methods are case-sensitive.
package struct HTTPMethod: RawRepresentable, Hashable, Sendable, ExpressibleByStringLiteral {
    /// The method's token.
    package let rawValue: String

    /// Takes any token; the parser has checked those that come from a client.
    package init(rawValue: String) { self.rawValue = rawValue }

    /// Takes a literal token.
    package init(stringLiteral value: String) { rawValue = value }

    /// Reads without changing anything.
    package static var get: Self { "GET" }
    /// Reads like `GET`, and is answered without a body.
    package static var head: Self { "HEAD" }
    /// Sends something to be processed.
    package static var post: Self { "POST" }
    /// Replaces what is at the target.
    package static var put: Self { "PUT" }
    /// Changes part of what is at the target.
    package static var patch: Self { "PATCH" }
    /// Removes what is at the target.
    package static var delete: Self { "DELETE" }
    /// Asks what may be asked; browsers send it before a request to another origin.
    package static var options: Self { "OPTIONS" }
}
