import HTTP

/// What a path leads to.
enum Route: Sendable {
    /// The MCP endpoint of a workspace; the text names it and may be anything.
    case endpoint(workspace: String)
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
            guard path.hasPrefix(Route.endpointPrefix) else {
                self = .unknown
                return
            }
            var rest = path.dropFirst(Route.endpointPrefix.count)
            if rest.last == "/" { rest.removeLast() }
            self = rest.isEmpty || rest.contains("/") ? .unknown : .endpoint(workspace: String(rest))
        }
    }
}
