import HTTP
import Identity
import Tools

/// What a request asks to see less of: by headers, by its query, or by the end of its path.
///
///     X-MCP-Toolsets: contacts,deals      ?features=contacts,deals     …/x/contacts
///     X-MCP-Tools: get_contact            ?tools=get_contact
///     X-MCP-Exclude-Tools: delete_contact
///     X-MCP-Readonly: true                ?read_only=true              …/readonly
///     X-MCP-Lockdown: true                ?lockdown=true
///
/// It holds for this request alone and only takes away from what the credential sees. An empty value asks for nothing.
struct RequestSelection: Sendable {
    /// A value that cannot be read: a name that nobody has, or a word for neither yes nor no.
    struct Problem: Error, Sendable {
        let message: String
    }

    let selection: Selection

    /// Reads a request; `nil` if it asks for nothing.
    init?(_ request: HTTPRequest, _ suffix: EndpointSuffix, _ registry: ToolRegistry) throws(Problem) {
        guard
            request.headers.containsName(beginning: "X-MCP-") || request.queryText != nil || suffix != EndpointSuffix()
        else { return nil }
        var selection = Selection()
        let toolsets = registry.toolsets + WorkestraTools.groups.map(\.name).filter { !registry.toolsets.contains($0) }
        guard let query = request.query else { throw Problem(message: "The query of the address cannot be read.") }
        for text in [request.headers.first(.xMCPToolsets), query.first("features"), suffix.toolsets] {
            if let names = try Self.names(text, "toolset", among: toolsets) { selection.toolsets.insert(names) }
        }
        for text in [request.headers.first(.xMCPTools), query.first("tools")] {
            if let names = try Self.names(text, "tool", among: registry.names) { selection.tools.insert(names) }
        }
        selection.excluded =
            try Self.names(request.headers.first(.xMCPExcludeTools), "tool", among: registry.names) ?? []
        let readOnly = [
            try Self.flag(request.headers.first(.xMCPReadonly), "X-MCP-Readonly"),
            try Self.flag(query.first("read_only"), "read_only"), suffix.isReadOnly,
        ]
        let lockdown = [
            try Self.flag(request.headers.first(.xMCPLockdown), "X-MCP-Lockdown"),
            try Self.flag(query.first("lockdown"), "lockdown"),
        ]
        selection.readOnly = readOnly.contains(true)
        selection.lockdown = lockdown.contains(true)
        if selection.isEmpty { return nil }
        self.selection = selection
    }

    private static func names(
        _ text: String?, _ kind: String, among known: [String]
    ) throws(Problem) -> Set<String>? {
        let names = (text ?? "").split(separator: ",").map { $0.filter { $0 != " " && $0 != "\t" } }.filter {
            !$0.isEmpty
        }
        if let unknown = names.first(where: { !known.contains($0) }) {
            let shown = String(unknown.filter { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }.prefix(40))
            throw Problem(message: "There is no \(kind) \(shown); known are \(known.joined(separator: ", ")).")
        }
        return names.isEmpty ? nil : Set(names)
    }

    private static func flag(_ text: String?, _ name: String) throws(Problem) -> Bool {
        switch text?.lowercased() {
        case "true", "1", "on", "yes": true
        case nil, "", "false", "0", "off", "no": false
        default: throw Problem(message: "\(name) can be true or false.")
        }
    }
}

extension ToolProvider {
    /// What a request asks to see less of; `nil` if nothing.
    func selection(
        in request: HTTPRequest, _ suffix: EndpointSuffix
    ) -> Result<RequestSelection, RequestSelection.Problem>? {
        do throws(RequestSelection.Problem) {
            return try RequestSelection(request, suffix, registry).map { .success($0) }
        } catch {
            return .failure(error)
        }
    }
}

extension Principal {
    /// The caller of a request that asks for less.
    func narrowed(by selection: RequestSelection) -> Principal {
        Principal(
            workspace: workspace, credential: credential, member: member,
            access: access.narrowed(by: selection.selection), endsAt: endsAt, weight: weight,
            limits: limits)
    }
}
