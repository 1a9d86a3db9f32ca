import Crypto
import Telemetry
import Testing

@testable import MCP

@Suite("A session id")
struct SessionIDTests {
    private let clock = ManualClock()
    private let key = SealKey.random(id: 1)
    private let client = Client(
        info: Implementation(name: "old-editor", version: "0.9"),
        capabilities: ClientCapabilities(flags: [.roots, .formElicitation])
    )
    private let ann = Array("workspace ann".utf8)

    private func ids(_ keys: [SealKey]) throws -> SessionID {
        SessionID(seal: try Seal(keys: keys), limits: MCPLimits(), clock: clock.wall)
    }

    @Test("remembers the handshake", arguments: Revision.served(in: .handshake))
    func roundTrip(revision: Revision) throws {
        let ids = try ids([key])
        let session = try #require(ids.read(ids.make(revision: revision, client: client, binding: ann), binding: ann))
        #expect(session.revision == revision)
        #expect(session.client == client)
        #expect(session.openedAt == clock.wall.now)
        #expect(session.expiresAt == clock.wall.now + 86_400_000_000)
    }

    @Test("is printable, and another one each time")
    func form() throws {
        let ids = try ids([key])
        let made = (0..<50).map { _ in ids.make(revision: .june2025, client: client, binding: ann) }
        #expect(Set(made).count == 50)
        #expect(made.allSatisfy { $0.utf8.allSatisfy { (0x21...0x7E).contains($0) } })
    }

    @Test("stays a short header whatever the client is called", arguments: ["n", "n\u{301}\u{302}\u{303}", "😀"])
    func longName(letter: String) throws {
        let ids = try ids([key])
        let info = Implementation(
            name: String(repeating: letter, count: 10_000), version: String(repeating: letter, count: 99))
        let id = ids.make(
            revision: .june2025,
            client: Client(info: info, capabilities: ClientCapabilities()),
            binding: ann
        )
        #expect(id.utf8.count < 1024)
        #expect(ids.read(id, binding: ann)?.client.info?.name.unicodeScalars.count == 64)
    }

    @Test("is of no use with one character changed")
    func tampering() throws {
        let ids = try ids([key])
        let id = ids.make(revision: .june2025, client: client, binding: ann)
        for position in id.indices {
            var changed = id
            changed.replaceSubrange(position...position, with: id[position] == "A" ? "B" : "A")
            #expect(ids.read(changed, binding: ann) == nil)
        }
        for forged in ["", "A", String(id.dropLast()), id + "A", id + "="] {
            #expect(ids.read(forged, binding: ann) == nil)
        }
    }

    @Test("is of no use to another credential")
    func foreignBinding() throws {
        let ids = try ids([key])
        let id = ids.make(revision: .june2025, client: client, binding: ann)
        #expect(ids.read(id, binding: Array("workspace bob".utf8)) == nil)
        #expect(ids.read(id, binding: []) == nil)
        #expect(ids.read(id, binding: ann) != nil)
    }

    @Test("is not taken for a cursor, nor a cursor for it")
    func otherPurpose() throws {
        let seal = try Seal(keys: [key])
        let ids = SessionID(seal: seal, limits: MCPLimits(), clock: clock.wall)
        let cursors = ListCursor(seal: seal)
        let id = ids.make(revision: .june2025, client: client, binding: ann)
        let cursor = cursors.make(after: "echo", in: "tools/list", binding: ann)
        #expect(cursors.open(id, in: "tools/list", binding: ann) == nil)
        #expect(ids.read(cursor, binding: ann) == nil)
        #expect(cursors.open(cursor, in: "prompts/list", binding: ann) == nil)
        #expect(cursors.open(cursor, in: "tools/list", binding: ann) == "echo")
    }

    @Test("works in another process, and while its key rotates")
    func rotation() throws {
        let newKey = SealKey.random(id: 2)
        let id = try ids([key]).make(revision: .june2025, client: client, binding: ann)
        #expect(try ids([key]).read(id, binding: ann) != nil)
        #expect(try ids([newKey, key]).read(id, binding: ann) != nil)
        #expect(try ids([newKey]).read(id, binding: ann) == nil)
        #expect(try ids([SealKey.random(id: 1)]).read(id, binding: ann) == nil)
    }

    @Test("is over after a day, and before that if nobody uses it")
    func expiry() throws {
        let ids = try ids([key])
        let used = ids.make(revision: .june2025, client: client, binding: ann)
        let rested = ids.make(revision: .june2025, client: client, binding: ann)
        func isOpen(_ id: String) -> Bool { ids.read(id, binding: ann).map(ids.isOpen) ?? false }
        #expect(isOpen(rested))
        for _ in 0..<48 {
            #expect(isOpen(used))
            clock.advance(by: .seconds(1799))
        }
        #expect(!isOpen(rested))
        #expect(isOpen(used))
        clock.advance(by: .seconds(48))
        #expect(!isOpen(used))
    }
}
