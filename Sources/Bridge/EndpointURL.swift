import CCurl

/// The address of a workspace's endpoint, checked by the parser of the library that will connect to it.
package struct EndpointURL: Sendable, Equatable {
    /// The address as it will be used.
    package let text: String
    /// Its scheme and host, for messages.
    package let origin: String
    /// Whether what is sent is encrypted.
    package let isEncrypted: Bool

    /// Checks an address.
    ///
    /// - Parameter allowsPlainText: Whether `http` may go to other hosts than this one.
    /// - Throws: ``BridgeError`` if the text is no such address, or the token would travel in clear text.
    package init(_ text: String, allowsPlainText: Bool = false) throws(BridgeError) {
        let accepted = "it can be https://HOST/app/api/mcp/server/WORKSPACE, as your workspace shows it"
        let parts = AddressParts(text)
        guard let scheme = parts.scheme, let host = parts.host, ["https", "http"].contains(scheme) else {
            throw BridgeError(.url, "The URL is no address of an endpoint; \(accepted).")
        }
        guard !parts.hasUser else {
            throw BridgeError(.url, "The URL holds a user name or password, which no endpoint takes; \(accepted).")
        }
        guard !parts.hasFragment else { throw BridgeError(.url, "The URL has a fragment (#…); \(accepted).") }
        isEncrypted = scheme == "https"
        guard isEncrypted || allowsPlainText || Self.isLoopback(host) else {
            throw BridgeError(
                .plainText,
                "The URL is http, so the token would travel to \(host) in clear text. Use https; if nobody else can "
                    + "listen on the way, --allow-plain-http permits it."
            )
        }
        self.text = text
        origin = "\(scheme)://\(host)" + (parts.port.map { ":\($0)" } ?? "")
    }

    /// Whether a host is this machine by its very name: nothing has to be looked up, so nobody can answer otherwise.
    private static func isLoopback(_ host: String) -> Bool {
        if host == "localhost" || host == "[::1]" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }
}

/// The parts of an address as libcurl reads them; those that it refuses are missing.
private struct AddressParts {
    let scheme: String?
    let host: String?
    let port: String?
    let hasUser: Bool
    let hasFragment: Bool

    init(_ text: String) {
        let handle = curl_url()
        defer { curl_url_cleanup(handle) }
        let isVisible = !text.isEmpty && text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
        let isRead = isVisible && curl_url_set(handle, CURLUPART_URL, text, 0) == CURLUE_OK
        func part(_ part: CURLUPart) -> String? {
            var value: UnsafeMutablePointer<CChar>?
            guard isRead, curl_url_get(handle, part, &value, 0) == CURLUE_OK, let value else { return nil }
            defer { curl_free(value) }
            return String(cString: value)
        }
        scheme = part(CURLUPART_SCHEME)
        host = part(CURLUPART_HOST)?.lowercased()
        port = part(CURLUPART_PORT)
        hasUser = part(CURLUPART_USER) != nil || part(CURLUPART_PASSWORD) != nil
        hasFragment = part(CURLUPART_FRAGMENT) != nil
    }
}
