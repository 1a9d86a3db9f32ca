import HTTP
import Identity

/// What a path leads to.
enum Route: Sendable {
    /// The MCP endpoint of a workspace; the text names it and may be anything.
    case endpoint(workspace: String, EndpointSuffix)
    /// The document about that endpoint.
    case resourceMetadata(workspace: String, EndpointSuffix)
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
            if let (workspace, suffix) = Route.workspace(path, behind: Route.endpointPrefix) {
                self = .endpoint(workspace: workspace, suffix)
            } else if let (workspace, suffix) = Route.workspace(path, behind: Route.metadataPrefix) {
                self = .resourceMetadata(workspace: workspace, suffix)
            } else {
                self = .unknown
            }
        }
    }

    /// The step of a path that names the workspace, and what stands behind it; a slash at the end does not matter.
    ///
    /// Looks at bytes, not at characters, for every request comes by here.
    private static func workspace(_ path: String, behind prefix: String) -> (String, EndpointSuffix)? {
        guard path.utf8.starts(with: prefix.utf8) else { return nil }
        let slash = UInt8(ascii: "/")
        var rest = path.utf8.dropFirst(prefix.utf8.count)
        if rest.last == slash { rest.removeLast() }
        guard let end = rest.firstIndex(of: slash) else {
            return rest.isEmpty ? nil : (String(Substring(rest)), EndpointSuffix())
        }
        guard end > rest.startIndex, let suffix = EndpointSuffix(Substring(rest[end...])) else { return nil }
        return (String(Substring(rest[..<end])), suffix)
    }
}

/// What an endpoint's path may end with, to see less: `/x/contacts`, `/readonly`, or both in this order.
struct EndpointSuffix: Sendable, Equatable {
    /// Names of toolsets, separated by commas.
    private(set) var toolsets: String?
    private(set) var isReadOnly = false

    init() {}

    /// Reads the end of a path, from its slash on.
    init?(_ text: Substring) {
        var steps = text.dropFirst().split(separator: "/", omittingEmptySubsequences: false)[...]
        if steps.first == "x" {
            guard let names = steps.dropFirst().first, !names.isEmpty else { return nil }
            toolsets = String(names)
            steps = steps.dropFirst(2)
        }
        if steps.first == "readonly" {
            isReadOnly = true
            steps = steps.dropFirst()
        }
        guard steps.isEmpty else { return nil }
    }

    /// The end of the path.
    var text: String { (toolsets.map { "/x/" + $0 } ?? "") + (isReadOnly ? "/readonly" : "") }
}
