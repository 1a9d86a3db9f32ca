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

    private static let metadataPrefix = ProtectedResource.wellKnownPath + endpointPrefix

    init(_ path: String) {
        switch path {
        case "/healthz": self = .health
        case "/readyz": self = .readiness
        case "/metrics": self = .metrics
        default:
            if let workspace = Route.workspace(path, behind: Route.endpointPrefix) {
                self = .endpoint(workspace: workspace)
            } else if let workspace = Route.workspace(path, behind: Route.metadataPrefix) {
                self = .resourceMetadata(workspace: workspace)
            } else {
                self = .unknown
            }
        }
    }

    /// The last step of a path; a slash behind it does not matter.
    ///
    /// Looks at bytes, not at characters, for every request comes by here.
    private static func workspace(_ path: String, behind prefix: String) -> String? {
        guard path.utf8.starts(with: prefix.utf8) else { return nil }
        let slash = UInt8(ascii: "/")
        var rest = path.utf8.dropFirst(prefix.utf8.count)
        if rest.last == slash { rest.removeLast() }
        return rest.isEmpty || rest.contains(slash) ? nil : String(Substring(rest))
    }
}
