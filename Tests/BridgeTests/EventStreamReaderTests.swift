import HTTP
import Testing

@testable import Bridge

@Suite("Events of a stream")
struct EventStreamReaderTests {
    private typealias Event = EventStreamReader.Event

    private func event(_ data: String, name: String? = nil, id: String? = nil, retry: Duration? = nil)
        -> EventStreamReader.Event
    {
        Event(name: name, data: Array(data.utf8), id: id, retry: retry)
    }

    private func events(_ text: String, pieces: Int) throws -> [EventStreamReader.Event] {
        var reader = EventStreamReader(limit: 1000)
        let bytes = Array(text.utf8)
        var events: [Event] = []
        for start in stride(from: 0, to: bytes.count, by: pieces) {
            events += try reader.read(Array(bytes[start..<min(start + pieces, bytes.count)]))
        }
        return events
    }

    @Test(
        "are the same however the bytes arrive and lines end",
        arguments: [
            ("data: {}\n\n", [EventStreamReader.Event(data: Array("{}".utf8))]),
            ("data:{}\n\n", [EventStreamReader.Event(data: Array("{}".utf8))]),
            ("data: a\ndata:  b\ndata\n\n", [EventStreamReader.Event(data: Array("a\n b\n".utf8))]),
            (": heartbeat\n\n: \n\n", []),
            ("id: s.0\nretry: 1500\ndata:\n\n", [EventStreamReader.Event(id: "s.0", retry: .milliseconds(1500))]),
            ("retry: 20\n\n", [EventStreamReader.Event(retry: .milliseconds(20))]),
            ("retry: soon\n\n", []),
            ("id: a\0b\ndata: x\n\n", [EventStreamReader.Event(data: Array("x".utf8))]),
            ("id\ndata: x\n\n", [EventStreamReader.Event(data: Array("x".utf8), id: "")]),
            ("event: endpoint\ndata: /x\n\n", [EventStreamReader.Event(name: "endpoint", data: Array("/x".utf8))]),
            ("other: field\ndata: x\n\n", [EventStreamReader.Event(data: Array("x".utf8))]),
            ("data: cut off", []),
            ("data: cut off\n", []),
            ("data: 1\n\n\n\ndata: 2\n\n", ["1", "2"].map { EventStreamReader.Event(data: Array($0.utf8)) }),
        ] as [(String, [EventStreamReader.Event])]
    )
    func pieces(text: String, expected: [EventStreamReader.Event]) throws {
        for end in ["\n", "\r\n", "\r"] {
            let text = text.replacing("\n", with: end)
            for size in [1, 2, 3, 7, 1000] {
                // A return at the very end may be followed by its line feed, so the event waits for nothing else.
                #expect(try events(text, pieces: size) == expected, "\(text.debugDescription) by \(size)")
                #expect(try events("\u{FEFF}" + text, pieces: size) == expected)
            }
        }
    }

    @Test("come back as the server writes them")
    func roundTrip() throws {
        let bytes = EventStream.event(data: Array("{\"a\":1}".utf8), id: "s.1", name: "message", retry: 250)
        let text = String(decoding: EventStream.heartbeat + bytes, as: UTF8.self)
        #expect(
            try events(text, pieces: 5)
                == [event("{\"a\":1}", name: "message", id: "s.1", retry: .milliseconds(250))]
        )
    }

    @Test("are bounded, whether in one line or in many")
    func limit() throws {
        var reader = EventStreamReader(limit: 100)
        #expect(throws: EventStreamReader.TooLarge.self) {
            _ = try reader.read(Array("data: ".utf8) + [UInt8](repeating: 0x61, count: 100))
        }
        var other = EventStreamReader(limit: 100)
        #expect(throws: EventStreamReader.TooLarge.self) {
            for _ in 0..<100 { _ = try other.read(Array("data: aaaaaaaaaa\n".utf8)) }
        }
        var many = EventStreamReader(limit: 100)
        for _ in 0..<100 { #expect(try many.read(Array("data: aaaaaaaaaa\n\n".utf8)).count == 1) }
    }
}
