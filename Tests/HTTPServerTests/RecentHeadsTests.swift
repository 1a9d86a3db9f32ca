import HTTP
import Testing

@testable import HTTPServer

@Suite("A head that is repeated")
struct RecentHeadsTests {
    private final class Mark: Sendable {}

    private func post(_ body: String, _ fields: String = "") -> String {
        "POST /call HTTP/1.1\r\nHost: a\r\n\(fields)Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    /// The marks that the heads of some requests bear: the same where one was taken for the other.
    private func marks(_ server: TestServer, _ count: Int) throws -> [(body: String, mark: ObjectIdentifier)] {
        try (0..<count).map { _ in
            let (request, responder) = try server.calls.next()
            responder.send(.text("done"))
            let mark = request.notes.note { Mark() }
            // Kept, so that no other one is made where it was.
            kept.append(mark)
            return (String(decoding: request.body, as: UTF8.self), ObjectIdentifier(mark))
        }
    }

    private let kept = Kept()

    private final class Kept {
        private var marks: [Mark] = []

        func append(_ mark: Mark) { marks.append(mark) }
    }

    @Test("is read twice and then no more, and its bodies are those that were sent")
    func repeated() throws {
        let server = try TestServer()
        let client = try server.connect()
        // At once, so that nothing is forgotten meanwhile.
        try client.send((0..<6).map { post("number \($0)") }.joined())
        let found = try marks(server, 6)
        #expect(found.map(\.body) == (0..<6).map { "number \($0)" })
        #expect(Set(found[1...].map(\.mark)).count == 1 && found[0].mark != found[1].mark)
        for _ in 0..<6 { #expect(try client.answer().text == "done") }
    }

    @Test("is another one with any other byte")
    func others() throws {
        let server = try TestServer()
        let client = try server.connect()
        let requests = [
            post("one"), post("four"), post("one", "Authorization: b\r\n"), post("one", "Authorization: c\r\n"),
        ]
        var found: [(body: String, mark: ObjectIdentifier)] = []
        for request in requests + requests + requests {
            try client.send(request)
            found += try marks(server, 1)
            #expect(try client.answer().status == 200)
        }
        #expect(found.map(\.body) == Array(repeating: ["one", "four", "one", "one"], count: 3).flatMap(\.self))
        #expect(Set(found[8...].map(\.mark)).count == 4)
    }

    @Test("is served behind others in one piece, and when it comes in pieces")
    func cut() throws {
        let server = try TestServer()
        let client = try server.connect()
        for _ in 0..<3 {
            try client.send(post("one") + post("two"))
            #expect(try marks(server, 2).map(\.body) == ["one", "two"])
            for _ in 0..<2 { #expect(try client.answer().text == "done") }
        }
        let bytes = Array(post("six").utf8)
        for place in stride(from: 1, to: bytes.count, by: 7) {
            try client.send(Array(bytes[..<place]))
            try server.roundTrip()
            try client.send(Array(bytes[place...]))
            #expect(try marks(server, 1).map(\.body) == ["six"])
            #expect(try client.answer().text == "done")
        }
    }

    @Test("ends its connection as often as it asks for that, and asks for its body each time")
    func unkept() throws {
        let server = try TestServer()
        for _ in 0..<3 {
            let client = try server.connect()
            try client.send("GET /echo HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            #expect(try client.answer().headers["connection"] == "close")
            #expect(try client.rest() == [])
        }
        let client = try server.connect()
        for _ in 0..<3 {
            try client.send("POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")
            #expect(try client.answer().status == 100)
            try client.send("ab")
            #expect(try client.answer().text == "ab")
            try client.send("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n")
            #expect(try client.answer().text == "ab")
        }
    }

    @Test("is forgotten when it was not read for two minutes")
    func lifetime() throws {
        var heads = RecentHeads()
        let input = Array("GET /a HTTP/1.1\r\nHost: a\r\n\r\n".utf8)
        let request = HTTPRequest(method: .get, target: "/a", headers: ["Host": "a"])
        let minute: Int64 = 60_000_000_001
        let seen = RecentHeads.Sighting(in: input.span, from: 0)
        let sighting = try #require(seen)
        #expect(sighting.range == 0..<input.count)
        func path(at time: Int64) -> String? { heads.find(sighting, in: input.span, at: time)?.request.path }
        for _ in 0..<2 {
            #expect(path(at: minute) == nil)
            heads.keep(request, sighting, in: input.span)
        }
        #expect(path(at: minute) == "/a" && path(at: 2 * minute) == "/a" && path(at: 3 * minute) == nil)
    }

    @Test("is not kept when there are too many")
    func capacity() throws {
        var heads = RecentHeads()
        func isKept(_ number: Int) throws -> Bool {
            let path = "/\(number)/" + String(repeating: "a", count: 3_000)
            let input = Array("GET \(path) HTTP/1.1\r\nHost: a\r\n\r\n".utf8)
            let found = RecentHeads.Sighting(in: input.span, from: 0)
            let sighting = try #require(found)
            let request = HTTPRequest(method: .get, target: path, headers: ["Host": "a"])
            for _ in 0..<2 {
                if heads.find(sighting, in: input.span, at: 1) != nil { return true }
                heads.keep(request, sighting, in: input.span)
            }
            return heads.find(sighting, in: input.span, at: 1) != nil
        }
        let kept = try (0..<2_000).count { try isKept($0) }
        #expect((1_300...1_400).contains(kept), "\(kept)")
        #expect(try isKept(0) && !isKept(1_999))
    }

    @Test("keeps no notes for a request whose method or fields were changed")
    func changed() {
        let request = HTTPRequest(method: .get, target: "/a", headers: ["Host": "a"])
        let mark = request.notes.note { Mark() }
        var copy = request.repeated(body: [1], peer: "::1", arrival: .now)
        #expect(copy.notes.note { Mark() } === mark && copy.body == [1] && copy.peer == "::1")
        copy.headers.set("X-Other", "b")
        #expect(copy.notes.note { Mark() } !== mark)
        copy = request
        copy.method = .post
        #expect(copy.notes.note { Mark() } !== mark && request.notes.note { Mark() } === mark)
    }
}
