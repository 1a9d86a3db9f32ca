import CCurl

/// Where requests go, and what all of them have.
package struct Destination: Sendable {
    /// The address, as ``Address`` has found it good.
    package let url: String
    /// Whether what is sent is encrypted.
    package let isEncrypted: Bool
    /// A file with the certificates of authorities that are trusted instead of the system's.
    package let authorities: String?
    /// Lines of the head that every request has, such as the one with the credential.
    private let lines: [String]

    /// - Parameter headers: What every request has beside its own.
    package init(_ address: Address, authorities: String? = nil, headers: [(name: String, value: String)]) {
        url = address.text
        isEncrypted = address.isEncrypted
        self.authorities = authorities
        lines = headers.map { "\($0.name): \($0.value)" }
    }

    /// The lines of the head that every request has.
    var headerLines: [String] { lines }
}

extension Destination: CustomStringConvertible, CustomReflectable {
    /// Shows the address and nothing of what is sent there.
    package var description: String { "Destination(\(url))" }

    /// Shows nothing of the credential.
    package var customMirror: Mirror { Mirror(self, children: ["url": url]) }
}

/// An address of HTTP as libcurl reads it, which will connect to it.
package struct Address: Sendable, Equatable {
    /// The address as it will be used.
    package let text: String
    /// `https` or `http`.
    package let scheme: String
    /// In small letters.
    package let host: String
    /// The port, if the address names one.
    package let port: String?
    /// Whether there is a user name or a password in it.
    package let hasUser: Bool
    /// Whether there is a fragment behind it.
    package let hasFragment: Bool

    /// Reads an address.
    ///
    /// - Returns: `nil` for what is none, and for other schemes.
    package init?(_ text: String) {
        let handle = curl_url()
        defer { curl_url_cleanup(handle) }
        let isVisible = !text.isEmpty && text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
        guard isVisible, curl_url_set(handle, CURLUPART_URL, text, 0) == CURLUE_OK else { return nil }
        func part(_ part: CURLUPart) -> String? {
            var value: UnsafeMutablePointer<CChar>?
            guard curl_url_get(handle, part, &value, 0) == CURLUE_OK, let value else { return nil }
            defer { curl_free(value) }
            return String(cString: value)
        }
        guard let scheme = part(CURLUPART_SCHEME), ["https", "http"].contains(scheme),
            let host = part(CURLUPART_HOST)?.lowercased()
        else { return nil }
        self.text = text
        self.scheme = scheme
        self.host = host
        port = part(CURLUPART_PORT)
        hasUser = part(CURLUPART_USER) != nil || part(CURLUPART_PASSWORD) != nil
        hasFragment = part(CURLUPART_FRAGMENT) != nil
    }

    /// Scheme and host, for messages.
    package var origin: String { "\(scheme)://\(host)" + (port.map { ":\($0)" } ?? "") }

    /// Whether what is sent is encrypted.
    package var isEncrypted: Bool { scheme == "https" }

    /// Whether it is this machine by its very name: nothing has to be looked up, so nobody can answer otherwise.
    package var isLoopback: Bool {
        if host == "localhost" || host == "[::1]" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }
}
