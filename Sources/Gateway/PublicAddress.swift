package import HTTP
package import Identity
import MCP

/// The origin that clients know the service by.
package struct PublicAddress: Sendable {
    private let url: String?
    private let isLocal: Bool

    /// Takes what the settings say.
    ///
    /// - Parameters:
    ///   - url: The public URL, without a slash at its end; `nil` if there is none.
    ///   - isLocal: Whether the service listens on this machine alone.
    package init(url: String?, isLocal: Bool) {
        self.url = url
        self.isLocal = isLocal
    }

    /// What is said about the endpoint that a request is for; `nil` if the request is for none, or nobody knows the
    /// public origin.
    package func resource(for request: HTTPRequest) -> ProtectedResource? {
        switch Route(request.path) {
        case .endpoint(let workspace, let suffix), .resourceMetadata(let workspace, let suffix):
            guard let workspace = WorkspaceID(workspace), let origin = origin(for: request) else { return nil }
            return ProtectedResource(origin: origin, path: Route.endpointPrefix + workspace.text + suffix.text)
        default: return nil
        }
    }

    /// Never the host that a request names, unless it can only come from this machine and the name can only mean it.
    private func origin(for request: HTTPRequest) -> String? {
        if let url { return url }
        guard isLocal, let host = request.headers.first(.host)?.lowercased(), OriginPolicy.isLoopback(host) else {
            return nil
        }
        return "http://" + host
    }
}
