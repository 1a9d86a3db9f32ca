import Foundation
import Synchronization
import Telemetry
import Testing

@Suite("The log")
struct LogTests {
    private let sink = CollectingSink()
    private let clock = ManualClock(at: 1_772_357_400_123_456)

    private func log(_ level: LogLevel = .debug) -> Log {
        Log(level: level, clock: clock.wall, sink: sink.take)
    }

    @Test("writes a line of JSON an event")
    func line() throws {
        let log = log()
        log.info("Tool called", [.tool: "find_task", .status: 200, .durationMS: 1.5, .batch: true])
        log.flush()
        #expect(
            sink.text == """
                {"time":"2026-03-01T09:30:00.123456Z","level":"info","message":"Tool called",\
                "tool":"find_task","status":200,"duration_ms":1.5,"batch":true}

                """)
    }

    @Test(
        "keeps any text on one line and readable as JSON",
        arguments: [
            "quote \" backslash \\ newline \n return \r tab \t", "nul \0 bell \u{7} delete \u{7F}", "é 漢 👩‍👩‍👧",
            "turned \u{202E}txt", "separators \u{2028}\u{2029}", "",
        ])
    func escaping(text: String) throws {
        let log = log()
        log.info("Text", [.reason: .string(text)])
        log.flush()
        #expect(sink.text.utf8.count { $0 == UInt8(ascii: "\n") } == 1)
        #expect(!sink.text.unicodeScalars.contains("\u{202E}"))
        #expect(try sink.objects().first?["reason"] as? String == text)
    }

    @Test("cuts long texts between characters")
    func longText() throws {
        let log = log()
        log.info("Text", [.reason: .string(String(repeating: "é", count: 2000))])
        log.flush()
        let written = try #require(try sink.objects().first?["reason"] as? String)
        #expect(written == String(repeating: "é", count: 512) + "…")
    }

    @Test("writes numbers that JSON lacks as null", arguments: [Double.nan, .infinity, -.infinity])
    func numbers(number: Double) throws {
        let log = log()
        log.info("Number", [.seconds: .double(number)])
        log.flush()
        #expect(try sink.objects().first?["seconds"] is NSNull)
    }

    @Test("leaves out lines below its level and does not even make their fields")
    func levels() throws {
        let log = log(.warning)
        var made = 0
        func fields() -> LogFields {
            made += 1
            return [:]
        }
        log.debug("Debug", fields())
        log.info("Info", fields())
        log.warning("Warning", fields())
        log.error("Error", fields())
        log.flush()
        #expect(try sink.objects().map { $0["level"] as? String } == ["warning", "error"])
        #expect(made == 2)
    }

    @Test("adds its context to every line, and the line's own fields win")
    func context() throws {
        let log = log().with([.requestID: "abc", .tool: "outer"])
        log.info("Called", [.tool: "inner", .status: 1])
        log.flush()
        #expect(sink.text.hasSuffix(#""message":"Called","request_id":"abc","tool":"inner","status":1}"# + "\n"))
    }

    @Test("writes lines of one thread in order, and flushing waits for all of them")
    func order() throws {
        let log = log()
        for number in 0..<5000 { log.info("Line", [.count: .integer(number)]) }
        log.flush()
        #expect(try sink.objects().map { $0["count"] as? Int } == Array(0..<5000))
        #expect(log.droppedLines == 0)
    }

    @Test("drops lines instead of waiting for a sink that does not move, and says how many")
    func dropping() throws {
        let isBlocked = DispatchSemaphore(value: 0)
        let isEntered = DispatchSemaphore(value: 0)
        let first = Mutex(true)
        let sink = sink
        let log = Log(capacity: 1000) { lines in
            if first.withLock({ isFirst in
                defer { isFirst = false }
                return isFirst
            }) {
                isEntered.signal()
                isBlocked.wait()
            }
            sink.take(lines)
        }
        log.info("First")
        isEntered.wait()
        for _ in 0..<100 { log.info("More", [.reason: .string(String(repeating: "x", count: 100))]) }
        isBlocked.signal()
        log.flush()
        let lines = try sink.objects()
        let dropped = try #require(lines.last?["dropped"] as? Int)
        #expect(dropped == log.droppedLines)
        #expect(dropped > 0)
        #expect(lines.count == 1 + (100 - dropped) + 1)
        #expect(lines.last?["message"] as? String == "Log lines were dropped")
    }

    @Test("has keys that read alike and occur once")
    func keys() {
        let names = LogKey.allCases.map(\.rawValue)
        #expect(Set(names).count == names.count)
        #expect(names.allSatisfy { $0.utf8.allSatisfy { (97...122).contains($0) || $0 == 95 } })
    }

    @Test("replaces, appends and removes fields in place")
    func fields() {
        var fields: LogFields = [.tool: "a", .status: 1]
        fields[.tool] = "b"
        fields[.bytes] = 2
        #expect(fields == [.tool: "b", .status: 1, .bytes: 2])
        fields[.status] = nil
        #expect(fields == [.tool: "b", .bytes: 2])
        #expect(fields[.status] == nil)
    }
}

/// Keeps what the log writes.
final class CollectingSink: Sendable {
    private let bytes = Mutex<[UInt8]>([])

    var take: @Sendable ([UInt8]) -> Void {
        { [self] lines in bytes.withLock { $0 += lines } }
    }

    var text: String { String(decoding: bytes.withLock { $0 }, as: UTF8.self) }

    func objects() throws -> [[String: Any]] {
        try text.utf8.split(separator: UInt8(ascii: "\n")).map { line in
            try #require(try JSONSerialization.jsonObject(with: Data(line)) as? [String: Any])
        }
    }
}
