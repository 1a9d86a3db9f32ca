package import HTTP

/// Rule 1 of the ladder: which hosts the service answers for, and which pages may call it.
///
/// Checked before anything else, for every method. A request without `Origin` does not come from a page.
package struct OriginPolicy: Sendable {
    private let hosts: Set<String>
    private let origins: Set<String>
    private let allowsLoopback: Bool

    /// Makes a policy.
    ///
    /// - Parameters:
    ///   - hosts: The public names, with the port unless it is the scheme's own; an empty list takes every name.
    ///   - origins: The origins of pages that may call, such as `https://inspector.example.net`.
    ///   - allowsLoopback: Whether this machine's own names and pages may call too, at any port. For development.
    package init(hosts: [String], origins: [String], allowsLoopback: Bool = false) {
        self.hosts = Set(hosts.map { $0.lowercased() })
        self.origins = Set(origins.map { $0.lowercased() })
        self.allowsLoopback = allowsLoopback
    }

    /// The refusal of a request, or `nil` if it may go on.
    package func refusal(of request: HTTPRequest) -> HTTPResponse? {
        if let refusal = hostRefusal(of: request) { return refusal }
        guard request.headers.contains(.origin) else { return nil }
        return allowedOrigin(of: request) == nil ? HTTPResponse(ProtocolError(.originRefused)) : nil
    }

    /// The refusal of a request for a host that is not ours; for what any page may read.
    package func hostRefusal(of request: HTTPRequest) -> HTTPResponse? {
        let host = trimmed(request.headers.first(.host) ?? "").lowercased()
        guard hosts.isEmpty || hosts.contains(host) || allowsLoopback && Self.isLoopback(host) else {
            return HTTPResponse(ProtocolError(.hostRefused))
        }
        return nil
    }

    /// The answer to a browser that asks before it calls, or `nil` if the request is something else.
    ///
    /// To be asked after ``refusal(of:)``.
    package func preflight(_ request: HTTPRequest) -> HTTPResponse? {
        guard request.method == .options, allowedOrigin(of: request) != nil else { return nil }
        let asked = (request.headers.first(.accessControlRequestHeaders) ?? "").split(separator: ",")
        let mirrors = asked.map { trimmed($0).lowercased() }.filter { $0.hasPrefix("mcp-param-") }
        var response = HTTPResponse(status: .noContent)
        response.headers.set(.accessControlAllowMethods, "POST, GET, DELETE")
        response.headers.set(.accessControlAllowHeaders, (Self.requestHeaders + mirrors).joined(separator: ", "))
        response.headers.set(.accessControlMaxAge, "600")
        share(&response, with: request)
        return response
    }

    /// Lets the page that sent a request read the answer.
    package func share(_ response: inout HTTPResponse, with request: HTTPRequest) {
        guard let origin = allowedOrigin(of: request) else { return }
        response.headers.set(.accessControlAllowOrigin, origin)
        response.headers.set(.accessControlExposeHeaders, Self.exposedHeaders)
        response.headers.append(.vary, "Origin")
    }

    private static let exposedHeaders =
        "mcp-session-id, www-authenticate, retry-after, ratelimit-limit, ratelimit-remaining, ratelimit-reset"

    private static let requestHeaders = [
        "authorization", "content-type", "accept", "mcp-protocol-version", "mcp-session-id", "mcp-method", "mcp-name",
        "last-event-id", "x-mcp-toolsets", "x-mcp-tools", "x-mcp-exclude-tools", "x-mcp-readonly", "x-mcp-lockdown",
    ]

    private func allowedOrigin(of request: HTTPRequest) -> String? {
        guard request.headers.contains(.origin) else { return nil }
        let values = request.headers.all(.origin)
        guard values.count == 1 else { return nil }
        let origin = trimmed(values[0])
        let lowered = origin.lowercased()
        if origins.contains(lowered) { return origin }
        let authority = ["http://", "https://"].first(where: lowered.hasPrefix).map { lowered.dropFirst($0.count) }
        guard allowsLoopback, let authority, Self.isLoopback(String(authority)) else { return nil }
        return origin
    }

    /// Whether a name and port are this machine's own.
    package static func isLoopback(_ authority: String) -> Bool {
        ["localhost", "127.0.0.1", "[::1]"].contains { name in
            guard authority.hasPrefix(name) else { return false }
            let rest = authority.dropFirst(name.count)
            guard rest.first == ":" else { return rest.isEmpty }
            let port = rest.dropFirst()
            return port.utf8.allSatisfy(ASCII.isDigit) && UInt16(port) != nil
        }
    }
}
