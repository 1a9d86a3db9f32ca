import HTTP
import Testing

@testable import HTTPServer

@Suite("A refusal for want of room")
struct RefusalTests {
    private static let request = "GET /busy HTTP/1.1\r\nHost: a\r\n\r\n"

    /// After the first refusal of this server none leaves in the time of a test.
    private func server() throws -> TestServer {
        try TestServer {
            ($0.refusalInterval, $0.refusalBurst, $0.maxHeldRefusals) = (.seconds(3600), 1, 2)
        }
    }

    @Test("is held when there are many, while others are served and the same client's order is kept")
    func held() throws {
        let server = try server()
        let clients = try (0..<2).map { _ in try server.connect() }
        for client in clients {
            try client.send(Self.request)
            try server.calls.next().responder.refuse(.text("busy"))
        }
        #expect(try clients[0].answer().text == "busy", "The first is told at once")
        try clients[1].send("GET /echo?behind HTTP/1.1\r\nHost: a\r\n\r\n")
        for _ in 0..<20 { try server.roundTrip() }
        #expect(server.server.counters.refusalsHeld == 1)
        try clients[0].send("GET /echo?served HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(try clients[0].answer().headers["x-query"] == "served")
        server.server.drain(deadline: .seconds(600))
        #expect(try clients[1].answer().text == "busy", "What is held leaves when the server stops")
    }

    @Test("leaves early when more are held than may be, and is dropped when its client has gone")
    func bound() throws {
        let server = try server()
        let clients = try (0..<4).map { _ in try server.connect() }
        for client in clients {
            try client.send(Self.request)
            try server.calls.next().responder.refuse(.text("busy"))
        }
        for client in clients.prefix(2) { #expect(try client.answer().text == "busy") }
        clients[2].close()
        try server.roundTrip()
        server.server.drain(deadline: .seconds(600))
        #expect(try clients[3].answer().text == "busy")
    }
}
