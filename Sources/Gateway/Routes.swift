import HTTP
import Identity

/// What a path leads to.
enum Route: Sendable {
    /// The MCP endpoint of a workspace; the text names it and may be anything.
    case endpoint(workspace: String)
    /// The document about that endpoint.
    case resourceMetadata(workspace: String)
    case health
    case readiness
    case metrics
    case unknown

    /// The path before the workspace.
    static let endpointPrefix = "/app/api/mcp/server/"

    init(_ path: String) {
        switch path {
        case "/healthz": self = .health
        case "/readyz": self = .readiness
        case "/metrics": self = .metrics
        default:
            let metadataPrefix = ProtectedResource.wellKnownPath + Route.endpointPrefix
            if let workspace = Route.workspace(path, behind: Route.endpointPrefix) {
                self = .endpoint(workspace: workspace)
            } else if let workspace = Route.workspace(path, behind: metadataPrefix) {
                self = .resourceMetadata(workspace: workspace)
            } else {
                self = .unknown
            }
        }
    }

    /// The last step of a path; a slash behind it does not matter.
    private static func workspace(_ path: String, behind prefix: String) -> String? {
        guard path.hasPrefix(prefix) else { return nil }
        var rest = path.dropFirst(prefix.count)
        if rest.last == "/" { rest.removeLast() }
        return rest.isEmpty || rest.contains("/") ? nil : String(rest)
    }
}
