import HTTP
import Testing

@Suite("An event")
struct EventStreamTests {
    private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    @Test("has its fields on lines, and ends in an empty one")
    func fields() {
        let event = EventStream.event(data: Array("{}".utf8), id: "s1.7", name: "message", retry: 1500)
        #expect(text(event) == "id: s1.7\nevent: message\nretry: 1500\ndata: {}\n\n")
    }

    @Test(
        "has a data line for each line of its text",
        arguments: [
            ("", "data: \n\n"), ("a", "data: a\n\n"), ("a\nb", "data: a\ndata: b\n\n"),
            ("a\r\nb", "data: a\ndata: b\n\n"), ("a\rb", "data: a\ndata: b\n\n"), ("a\n", "data: a\ndata: \n\n"),
            ("\n\n", "data: \ndata: \ndata: \n\n"),
        ]
    )
    func lines(data: String, event: String) {
        #expect(text(EventStream.event(data: Array(data.utf8))) == event)
    }

    @Test("cannot get another field through its id")
    func injection() {
        #expect(text(EventStream.event(data: [], id: "1\ndata: x\r\u{0}")) == "id: 1data: x\ndata: \n\n")
    }

    @Test("is held back by nobody on its way")
    func headers() {
        #expect(EventStream.headers.first(.contentType) == "text/event-stream")
        #expect(EventStream.headers.first(.cacheControl) == "no-cache, no-transform")
        #expect(EventStream.headers.first(.xAccelBuffering) == "no")
    }

    @Test("that keeps a connection in use is a comment")
    func heartbeat() { #expect(text(EventStream.heartbeat) == ": \n\n") }
}
