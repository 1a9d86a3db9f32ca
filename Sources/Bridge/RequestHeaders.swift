import HTTP
import JSON
import MCP

extension HTTPHeaders {
    /// The headers of a message that is posted.
    static var posting: HTTPHeaders {
        [.contentType: "application/json", .accept: "application/json, text/event-stream"]
    }

    /// The headers of a message of the stateless era: they repeat what the body says, so that proxies can route by it.
    ///
    /// - Parameter mirrored: The arguments that the called tool wants repeated.
    static func stateless(_ message: Message, mirroring mirrored: [MirroredArgument]) -> HTTPHeaders {
        var headers = posting
        if let version = message.versionMark?.string { headers.append(.mcpProtocolVersion, version) }
        if let method = message.method { headers.append(.mcpMethod, method) }
        if let name = message.routedName { headers.append(.mcpName, HeaderText.encode(name)) }
        guard let arguments = message.params?["arguments"] else { return headers }
        for argument in mirrored {
            guard let text = argument.headerText(in: arguments) else { continue }
            headers.append(HTTPHeaderName(rawValue: argument.headerName), text)
        }
        return headers
    }

    /// Adds the session and its revision, which from 2025-06-18 on stands in every request but the first.
    mutating func present(_ session: OpenSession) {
        if let id = session.id { append(.mcpSessionID, id) }
        // Revisions are dates, so a later one is a larger text.
        let first = Revision.june2025.rawValue
        guard !session.revision.utf8.lexicographicallyPrecedes(first.utf8) else { return }
        append(.mcpProtocolVersion, session.revision)
    }
}
