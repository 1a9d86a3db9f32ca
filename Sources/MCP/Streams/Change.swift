import Crypto

/// Something that clients who watch it are told of.
package enum Change: Sendable, Hashable {
    /// A list has other entries than before.
    case list(ListKind)
    /// A resource has another content than before.
    case resource(uri: String)
    /// The streams of a scope end: what their callers may see is no longer what it was.
    case access

    /// The change as a letter; a program may post it to ``address(_:)`` by other ways, such as a trigger.
    var letter: String {
        switch self {
        case .list(let kind): "list:\(kind.rawValue)"
        case .resource(let uri): "resource:\(uri)"
        case .access: "access:"
        }
    }

    init?(_ letter: String) {
        guard let colon = letter.firstIndex(of: ":") else { return nil }
        let rest = String(letter[letter.index(after: colon)...])
        switch letter[..<colon] {
        case "list":
            guard let kind = ListKind(rawValue: rest) else { return nil }
            self = .list(kind)
        case "resource": self = .resource(uri: rest)
        case "access": self = .access
        default: return nil
        }
    }

    static func address(_ scope: String) -> Address { Address(name: "changes/\(scope)") }
}

extension MCPServer {
    /// Tells all open streams of a scope, in every process, what has changed together.
    package func announce(_ changes: [Change], in scope: String) {
        mailroom.post(changes.map(\.letter), to: Change.address(scope))
    }

    /// Tells all open streams of a scope, in every process, of one change.
    package func announce(_ change: Change, in scope: String) { announce([change], in: scope) }

    /// Ends the streams of this process in the way of their eras, before the program stops.
    package func endStreams() { openStreams.endAll() }

    /// Ends the stream of a session that is over, in whatever process it is open.
    package func endStream(of session: SessionReference) {
        let address = SessionNotes.takeoverAddress(SessionNotes.ownStream, of: Hex.encode(session.digest))
        mailroom.post(StreamTurn.last.word, to: address)
    }

    /// How many streams of changes are open in this process.
    package var openStreamCount: Int { openStreams.count }
}
