/// A mistake in how keys were set up; it can only come from configuration, never from what a client sends.
package struct CryptoError: Error, Equatable {
    /// What was wrong.
    package enum Code: String, Sendable {
        case noKeys = "no_keys"
        case keyLength = "key_length"
        case duplicateKeyID = "duplicate_key_id"
    }

    /// A stable word for the cause.
    package let code: Code
    /// One sentence for the operator. It never contains key bytes.
    package let message: String
}
