import Crypto

/// Something that clients who watch it are told of.
package enum Change: Sendable, Hashable {
    /// A list has other entries than before.
    case list(ListKind)
    /// A resource has another content than before.
    case resource(uri: String)
    /// The streams of a scope end: what their callers may see is no longer what it was.
    case access

    var letter: [UInt8] {
        switch self {
        case .list(let kind): Array("list:\(kind.rawValue)".utf8)
        case .resource(let uri): Array("resource:\(uri)".utf8)
        case .access: Array("access:".utf8)
        }
    }

    init?(_ letter: [UInt8]) {
        let text = String(decoding: letter, as: UTF8.self)
        guard let colon = text.firstIndex(of: ":") else { return nil }
        let rest = String(text[text.index(after: colon)...])
        switch text[..<colon] {
        case "list":
            guard let kind = ListKind(rawValue: rest) else { return nil }
            self = .list(kind)
        case "resource": self = .resource(uri: rest)
        case "access": self = .access
        default: return nil
        }
    }

    static func address(_ scope: String) -> Address { Address("changes", scope) }
}

extension MCPServer {
    /// Tells all open streams of a scope, in every process, what has changed.
    package func announce(_ change: Change, in scope: String) {
        mailroom.post(change.letter, to: Change.address(scope))
    }

    /// Ends the streams of this process in the way of their eras, before the program stops.
    package func endStreams() { openStreams.endAll() }

    /// Ends the stream of a session that is over, in whatever process it is open.
    package func endStream(of session: SessionReference) {
        mailroom.post([], to: Address("takeover", Hex.encode(session.digest), "session"))
    }

    /// How many streams of changes are open in this process.
    package var openStreamCount: Int { openStreams.count }
}
