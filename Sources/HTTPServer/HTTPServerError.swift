/// A server that cannot listen.
package struct HTTPServerError: Error, Sendable, CustomStringConvertible {
    /// What stands in the way.
    package enum Code: String, Sendable {
        case addressNotFound = "address_not_found"
        case addressInUse = "address_in_use"
        case addressNotAllowed = "address_not_allowed"
        case alreadyStarted = "already_started"
        case system
    }

    /// The closed code.
    package let code: Code
    /// One sentence for the operator.
    package let message: String

    /// The sentence.
    package var description: String { message }
}
