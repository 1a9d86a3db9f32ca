import Crypto
import Identity
import JSON
import Telemetry
import Tools

@testable import MCP

extension FuzzTarget {
    /// Sealed values: session ids, cursors, request state.
    ///
    /// The first byte says what the others are: a text that somebody made up, changes to a genuine value, or what a
    /// value is made of and what it is opened for.
    static let seals = FuzzTarget("seals") { bytes in
        guard let first = bytes.first else { return }
        let rest = Array(bytes.dropFirst())
        switch first % 3 {
        case 0: SealCheck.refusesInventions(rest)
        case 1: SealCheck.refusesChanges(rest)
        default: SealCheck.opensForItsOwn(rest)
        }
    }
}

private enum SealCheck {
    private static let clock = ManualClock()
    private static let ids = SessionID(seal: Genuine.seal, limits: unlimited, clock: clock.wall)
    private static let cursors = ListCursor(seal: Genuine.seal)
    private static let ann = Genuine.credential.binding
    private static let bob = Genuine.otherCredential.binding
    private static let methods = ["tools/list", "resources/list", "prompts/list", "tools/call", "prompts/get"]
    private static let client = Client(
        info: Implementation(name: "old-editor", version: "0.9"), capabilities: ClientCapabilities(flags: [.roots])
    )

    /// Sessions are remembered by when they were used; here millions are made.
    private static var unlimited: MCPLimits {
        var limits = MCPLimits()
        limits.sessionIdleTime = nil
        return limits
    }

    // MARK: Texts that nobody sealed

    static func refusesInventions(_ bytes: [UInt8]) {
        let text = bytes.text
        for text in [text, Base64URL.encode(bytes), Base64URL.encode([7] + bytes)] { requireClosed(text) }
        checkCoding(text, bytes)
    }

    private static func requireClosed(_ text: String) {
        require(Genuine.seal.open(text, context: ann) == nil, "\(text) opens")
        require(ids.read(text, binding: ann) == nil, "\(text) is a session")
        for method in methods {
            require(cursors.open(text, in: method, binding: ann) == nil, "\(text) is a cursor")
            require((try? states(method, [], ann).open(text)) == nil, "\(text) is a request's state")
        }
        var writer = JSONWriter()
        writer.write(["cursor": .string(text)])
        if let call = call(JSONNode.reading(writer.bytes)) {
            require((try? Cursor(of: call, width: 1)) == nil, "\(text) is a tool's cursor")
        }
    }

    /// One value has one text, in each of the codings that sealed values and keys are written in.
    private static func checkCoding(_ text: String, _ bytes: [UInt8]) {
        require(Base64URL.decode(Base64URL.encode(bytes)) == bytes, "\(bytes) is not read back from base64url")
        require(Base64.decode(Base64.encode(bytes)) == bytes, "\(bytes) is not read back from Base64")
        require(Hex.decode(Hex.encode(bytes)) == bytes, "\(bytes) is not read back from hexadecimal")
        if let decoded = Base64URL.decode(text) {
            require(Base64URL.encode(decoded) == text, "\(text) is a second text")
        }
        if let decoded = Base64.decode(text) { require(Base64.encode(decoded) == text, "\(text) is a second text") }
        if let decoded = Hex.decode(text) {
            require(Hex.encode(decoded) == text.lowercased(), "\(text) is another value")
        }
    }

    // MARK: Genuine values, changed

    static func refusesChanges(_ edits: [UInt8]) {
        let genuine = [
            Genuine.seal.seal(Array(edits.prefix(8)), context: ann),
            ids.make(revision: .june2025, client: client, binding: ann),
            cursors.make(after: "echo", in: "tools/list", binding: ann),
            require(states("tools/call", [], ann).make(after: RequestState(), answers: [:]), "There is no state"),
        ]
        for text in genuine {
            let changed = edited(text, edits)
            if changed != Array(text.utf8) { requireClosed(changed.text) }
        }
    }

    /// Each three bytes are one change: what, where, and by which.
    private static func edited(_ text: String, _ edits: [UInt8]) -> [UInt8] {
        var bytes = Array(text.utf8)
        var rest = edits[...]
        while rest.count >= 3, !bytes.isEmpty {
            let (change, place, value) = (
                rest[rest.startIndex], Int(rest[rest.startIndex + 1]), rest[rest.startIndex + 2]
            )
            rest = rest.dropFirst(3)
            let index = place % bytes.count
            switch change % 6 {
            case 0: bytes[index] = value
            case 1: bytes[index] ^= 1 << (value % 8)
            case 2: bytes.insert(value, at: index)
            case 3: bytes.remove(at: index)
            case 4: bytes.removeLast(min(bytes.count - 1, Int(value)))
            default: bytes.swapAt(index, Int(value) % bytes.count)
            }
        }
        return bytes
    }

    // MARK: Genuine values, for somebody

    static func opensForItsOwn(_ bytes: [UInt8]) {
        let (lines, rest) = bytes.lines(3)
        let texts = lines.map(\.text)
        checkSession(texts)
        checkCursor(texts[0], texts[1], texts[2])
        checkState([lines[0], lines[1]], [lines[0] + lines[1], lines[2]], rest)
        checkToolCursor(texts, JSONNode.reading(rest))
        let context = lines[0] + ann
        let sealed = Genuine.seal.seal(rest, context: context)
        require(Genuine.seal.open(sealed, context: context) == rest, "A value does not open")
        require(Genuine.seal.open(sealed, context: lines[1] + bob) == nil, "A value opens for another context")
    }

    private static func checkSession(_ texts: [String]) {
        let client = Client(
            info: Implementation(name: texts[0], version: texts[1]),
            capabilities: ClientCapabilities(flags: .init(rawValue: UInt16(truncatingIfNeeded: texts[2].hashValue)))
        )
        for revision in Revision.served(in: .handshake) {
            let id = ids.make(revision: revision, client: client, binding: ann)
            require(id.utf8.count < 1024, "A session's id has \(id.utf8.count) bytes")
            let session = require(ids.read(id, binding: ann), "A session does not open")
            require(
                session.revision == revision && session.client.capabilities == client.capabilities, "\(session) differs"
            )
            require(
                session.client.info.map { isSameText($0.name, shortened(texts[0], to: 64)) } == true,
                "\(session) differs")
            require(ids.read(id, binding: bob) == nil, "A session opens for another credential")
            require(cursors.open(id, in: "tools/list", binding: ann) == nil, "A session is a cursor")
        }
    }

    private static func checkCursor(_ name: String, _ one: String, _ other: String) {
        let cursor = cursors.make(after: name, in: one, binding: ann)
        require(
            cursors.open(cursor, in: one, binding: ann).map { isSameText($0, name) } == true, "A cursor does not open")
        require(
            isSameText(one, other) || cursors.open(cursor, in: other, binding: ann) == nil,
            "\(other) opens \(one)'s cursor")
        require(cursors.open(cursor, in: one, binding: bob) == nil, "A cursor opens for another credential")
        require(ids.read(cursor, binding: ann) == nil, "A cursor is a session")
    }

    private static func checkState(_ texts: [[UInt8]], _ others: [[UInt8]], _ answer: [UInt8]) {
        let answers = (try? JSONDocument(answer)).map { ["key": $0.root.raw] } ?? [:]
        let seal = states("tools/call", texts, ann)
        guard let text = seal.make(after: RequestState(round: 3), answers: answers) else {
            return require(answer.count > 4096, "A small answer cannot be carried")
        }
        let state = require(try? seal.open(text), "A state does not open")
        require(state.round == 4 && state.answers == answers && !state.nonce.isEmpty, "\(state) differs")
        let strangers = [states("prompts/get", texts, ann), states("tools/call", texts, bob)]
        for stranger in strangers { require((try? stranger.open(text)) == nil, "A state opens for another request") }
        require(
            texts == others || (try? states("tools/call", others, ann).open(text)) == nil,
            "\(others) open \(texts)'s state")
    }

    private static func states(_ method: String, _ texts: [[UInt8]], _ binding: [UInt8]) -> RequestStateSeal {
        RequestStateSeal(
            seal: Genuine.seal, method: method, about: texts, binding: binding, limits: unlimited, now: clock.wall.now
        )
    }

    // MARK: Cursors of tools

    private static let tool = Tool(
        name: "list", title: "", description: "", effects: .reading,
        parameters: [.cursor, .limit(standard: 20), Parameter("q", .text(maximum: 200), "")],
        output: ["type": "object"],
        body: .read { (_) throws(ToolError) in throw ToolError(.internalError, "Not called.") }
    )

    private static func call(_ arguments: JSONNode?, by credential: PresentedCredential = Genuine.credential)
        -> ToolCall?
    {
        try? ToolCall(tool, arguments: arguments, from: credential, seal: Genuine.seal)
    }

    private static func checkToolCursor(_ texts: [String], _ arguments: JSONNode?) {
        let position = texts.map { $0.split(separator: "\0").first.map(String.init) ?? "" }
        func ask(_ question: String, _ cursor: String? = nil) -> JSONNode? {
            let members =
                [JSONMember("q", .string("q" + question))] + (cursor.map { [JSONMember("cursor", .string($0))] } ?? [])
            return JSONNode.reading(RawJSON(.object(members)).bytes)
        }
        guard let first = call(ask(texts[0])) else { return }
        let cursor = Cursor(position).sealed(for: first)
        guard cursor.utf8.count <= 4096, let next = call(ask(texts[0], cursor)) else { return }
        let opened = require(try? Cursor(of: next, width: 3), "A tool's cursor does not open")
        require(zip(opened.position, position).allSatisfy { isSameText($0, $1) }, "\(opened) is not \(position)")
        require((try? Cursor(of: next, width: 2)) == nil, "A cursor opens for another order")
        if !isSameText(texts[0], texts[1]), let other = call(ask(texts[1], cursor)) {
            require((try? Cursor(of: other, width: 3)) == nil, "\(texts[1]) opens the cursor of \(texts[0])")
        }
        if let stranger = call(ask(texts[0], cursor), by: Genuine.otherCredential) {
            require((try? Cursor(of: stranger, width: 3)) == nil, "A cursor opens for another credential")
        }
        _ = arguments
    }
}

extension JSONNode {
    /// The value in bytes, if they are a document.
    static func reading(_ bytes: [UInt8]) -> JSONNode? { (try? JSONDocument(bytes))?.root }
}
