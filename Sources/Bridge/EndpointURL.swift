import HTTPClient

/// The address of a workspace's endpoint, checked by the parser of the library that will connect to it.
package struct EndpointURL: Sendable, Equatable {
    let address: Address

    /// The address as it will be used.
    package var text: String { address.text }
    /// Its scheme and host, for messages.
    package var origin: String { address.origin }
    /// Whether what is sent is encrypted.
    package var isEncrypted: Bool { address.isEncrypted }

    /// Checks an address.
    ///
    /// - Parameter allowsPlainText: Whether `http` may go to other hosts than this one.
    /// - Throws: ``BridgeError`` if the text is no such address, or the token would travel in clear text.
    package init(_ text: String, allowsPlainText: Bool = false) throws(BridgeError) {
        let accepted = "it can be https://HOST/app/api/mcp/server/WORKSPACE, as your workspace shows it"
        guard let address = Address(text) else {
            throw BridgeError(.url, "The URL is no address of an endpoint; \(accepted).")
        }
        guard !address.hasUser else {
            throw BridgeError(.url, "The URL holds a user name or password, which no endpoint takes; \(accepted).")
        }
        guard !address.hasFragment else { throw BridgeError(.url, "The URL has a fragment (#…); \(accepted).") }
        guard address.isEncrypted || allowsPlainText || address.isLoopback else {
            throw BridgeError(
                .plainText,
                "The URL is http, so the token would travel to \(address.host) in clear text. Use https; if nobody else can "
                    + "listen on the way, --allow-plain-http permits it."
            )
        }
        self.address = address
    }
}
