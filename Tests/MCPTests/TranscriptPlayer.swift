import Foundation
import HTTP
import JSON
import MCP
import Telemetry
import Testing

/// Plays a conversation against the sample service and says where it goes another way.
struct TranscriptPlayer {
    private var service: SampleService
    private var variables: [String: String]
    private let transcript: Transcript
    /// The streams that are open, and how many of their events were looked at.
    private var channels: [String: (channel: RecordingChannel, count: Int)] = [:]

    init(_ transcript: Transcript) throws {
        self.transcript = transcript
        service = try SampleService()
        variables = transcript.definitions
    }

    mutating func play() throws {
        #expect(!transcript.steps.isEmpty)
        for step in transcript.steps {
            switch step {
            case .caller(let name): service.caller = name
            case .wide: service = try SampleService(isWide: true)
            case .advance(let seconds): service.clock.advance(by: .seconds(seconds))
            case .session(let revision, let capabilities):
                try openSession(substituted(revision), substituted(capabilities))
            case .exchange(let sent, let expected, let line):
                try check(service.answer(request(sent)), against: expected, "\(transcript.file):\(line)")
            case .begin(let name, let sent, let expected, let line):
                channels[name] = (service.begin(request(sent)), 0)
                try checkEvents(of: name, against: expected, "\(transcript.file):\(line)")
            case .events(let name, let expected, let line):
                try checkEvents(of: name, against: expected, "\(transcript.file):\(line)")
            case .end(let name, let line): try checkEnd(of: name, "\(transcript.file):\(line)")
            case .leave(let name): channels[name]?.channel.disconnect()
            case .announce(let change): service.server.announce(try self.change(change), in: "all")
            case .close: service.server.endStreams()
            }
        }
    }

    private func change(_ text: String) throws -> Change {
        if text.hasPrefix("resource ") { return .resource(uri: substituted(String(text.dropFirst(9)))) }
        return .list(try #require(ListKind(rawValue: text)))
    }

    private mutating func openSession(_ revision: String, _ capabilities: String) throws {
        let body = """
            {"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"\(revision)",\
            "capabilities":\(capabilities),"clientInfo":{"name":"old-editor","version":"0.9"}}}
            """
        let response = service.answer(.message(body))
        variables["session"] = try #require(response.headers.first(.mcpSessionID) as String?)
    }

    private func request(_ lines: [String]) -> HTTPRequest {
        let (head, body) = split(lines.map { substituted($0) })
        var headers = HTTPHeaders()
        if head[0] == "POST" {
            headers = [.contentType: "application/json", .accept: "application/json, text/event-stream"]
        }
        var replaced: Set<String> = []
        for line in head.dropFirst() {
            if line.hasPrefix("-") {
                headers.remove(HTTPHeaderName(rawValue: String(line.dropFirst())))
                continue
            }
            let (name, value) = field(line)
            if replaced.insert(name.lowercased()).inserted { headers.remove(HTTPHeaderName(rawValue: name)) }
            headers.append(HTTPHeaderName(rawValue: name), value)
        }
        return HTTPRequest(method: HTTPMethod(rawValue: head[0]), target: "/", headers: headers, body: Array(body.utf8))
    }

    // MARK: Comparing

    private mutating func check(_ response: HTTPResponse, against lines: [String], _ place: String) throws {
        let (head, body) = split(lines)
        let text = String(decoding: response.body, as: UTF8.self)
        #expect(String(response.status.rawValue) == head[0], "\(place): \(text)")
        for line in head.dropFirst() {
            if line.hasPrefix("-") {
                #expect(!response.headers.contains(HTTPHeaderName(rawValue: String(line.dropFirst()))), "\(place)")
            } else {
                let (name, value) = field(line)
                let actual = response.headers.first(HTTPHeaderName(rawValue: name)) ?? "(absent)"
                #expect(matches(actual, value), "\(place): \(name): \(actual)")
            }
        }
        guard !body.isEmpty else {
            #expect(text == "", "\(place)")
            return
        }
        // A stream is compared event by event: a line each.
        let isStream = text.hasPrefix("data: ") || text.hasPrefix("id: ")
        let events = isStream ? SentEvent.all(in: response.body) : [SentEvent(data: text)]
        let lines = isStream ? body.split(separator: "\n").map(String.init) : [body]
        #expect(events.count == lines.count, "\(place): \(text)")
        for (event, line) in zip(events, lines) { try check(event, against: line, place) }
    }

    private mutating func checkEvents(of name: String, against lines: [String], _ place: String) throws {
        let lines = lines.filter { !$0.isEmpty }
        let (channel, start) = try #require(channels[name])
        channels[name]?.count += lines.count
        channel.wait { $0.events.count >= start + lines.count || !$0.isOpen }
        let events = channel.events.dropFirst(start).prefix(lines.count)
        #expect(events.count == lines.count, "\(place): \(channel.events)")
        for (event, line) in zip(events, lines) { try check(event, against: line, place) }
    }

    private func checkEnd(of name: String, _ place: String) throws {
        let (channel, count) = try #require(channels[name])
        #expect(channel.wait { !$0.isOpen }, "\(place)")
        #expect(channel.events.count == count, "\(place): \(channel.events.dropFirst(count))")
    }

    private mutating func check(_ event: SentEvent, against line: String, _ place: String) throws {
        var line = Substring(line)
        if line.hasPrefix("[-] ") {
            #expect(event.id == nil, "\(place)")
            line = line.dropFirst(4)
        } else if line.hasPrefix("["), let end = line.firstIndex(of: "]"), line[..<end].hasPrefix("[<") {
            let words = line[..<end].dropFirst().split(separator: " ").map(String.init)
            #expect(matches(event.id ?? "(absent)", words[0]), "\(place): \(event)")
            #expect(event.retry == (words.count > 1 ? words[1] : nil), "\(place): \(event)")
            line = line[end...].dropFirst(2)
        }
        if line == "(nothing)" {
            #expect(event.data == "", "\(place)")
            return
        }
        let actual = try JSONDocument(text: event.data).root
        let expected = try JSONDocument(text: substituted(String(line))).root
        #expect(agrees(actual, expected), "\(place): \(event.data)")
    }

    private mutating func agrees(_ actual: JSONNode, _ expected: JSONNode) -> Bool {
        if let text = expected.string, isPlaceholder(text) {
            return text == "<any>" || actual.string.map { matches($0, text) } ?? false
        }
        if let members = expected.members {
            guard actual.members?.map(\.name).sorted() == members.map(\.name).sorted() else { return false }
            return members.allSatisfy { member in actual[member.name].map { agrees($0, member.value) } ?? false }
        }
        if let elements = expected.elements {
            guard let found = actual.elements, found.count == elements.count else { return false }
            return zip(found, elements).allSatisfy { agrees($0, $1) }
        }
        // By their bytes: `1` is not `1.0` and `"1"` is not `1`.
        return actual.raw == expected.raw || actual.kind == .string && actual.canonical == expected.canonical
    }

    private mutating func matches(_ actual: String, _ expected: String) -> Bool {
        guard isPlaceholder(expected), expected != "<any>" else { return expected == "<any>" || actual == expected }
        let name = String(expected.dropFirst().dropLast())
        if let known = variables[name] { return actual == known }
        variables[name] = actual
        return true
    }

    private func isPlaceholder(_ text: String) -> Bool {
        text.hasPrefix("<") && text.hasSuffix(">")
    }

    // MARK: Parts

    private func substituted(_ text: String) -> String {
        variables.reduce(text) { $0.replacingOccurrences(of: "<\($1.key)>", with: $1.value) }
    }

    private func split(_ lines: [String]) -> (head: [String], body: String) {
        let end = lines.firstIndex(of: "") ?? lines.endIndex
        return (Array(lines[..<end]), lines[end...].dropFirst().joined(separator: "\n"))
    }

    private func field(_ line: String) -> (name: String, value: String) {
        let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        return (parts[0], String((parts.count > 1 ? parts[1] : "").drop { $0 == " " }))
    }
}
