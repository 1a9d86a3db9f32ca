import HTTP
import JSON
import Testing

@testable import MCP

@Suite("A media type")
struct MediaTypeTests {
    @Test(
        "of a body is JSON, with whatever parameters",
        arguments: [
            ("application/json", true), ("Application/JSON", true), ("application/json; charset=utf-8", true),
            ("application/json;charset=UTF-8 ; x=y", true), (" application/json ", true), ("", false),
            ("text/plain", false), ("application/jsonp", false), ("application/json, text/plain", false),
            ("text/json", false), ("*/*", false), ("application/*", false), ("application/vnd.api+json", false),
        ]
    )
    func bodies(type: String, isJSON: Bool) {
        #expect(MediaType.isJSON([type]) == isJSON)
    }

    @Test("of a body stands there once")
    func count() {
        #expect(!MediaType.isJSON([]))
        #expect(!MediaType.isJSON(["application/json", "application/json"]))
    }

    /// The form of an answer that can have either, and whether it may be a stream.
    @Test(
        "of an answer is JSON where the client takes it, else a stream, else none",
        arguments: [
            (["application/json, text/event-stream"], .json, true), ([], .json, true),
            (["application/json", "text/event-stream"], .json, true), (["*/*"], .json, true),
            (["application/json"], .json, false), (["application/*"], .json, false),
            (["text/event-stream"], .eventStream, true), (["text/*"], .eventStream, true), (["text/html"], nil, false),
            (["TEXT/Event-Stream;q=0.5, application/JSON"], .json, true), ([""], nil, false),
            (["text/html, */*;q=0.1"], .json, true), (["*/*;q=0"], nil, false),
            (["application/json;q=0, */*"], .eventStream, true),
            (["application/json, text/event-stream;q=0.0"], .json, false),
            (["*/*, text/event-stream;q=0"], .json, false), (["application/*;q=0, application/json"], .json, false),
            (["application/json;q=0;x=y, text/event-stream"], .eventStream, true),
            (["application/json-seq"], nil, false), (["application/json; q = 0"], nil, false),
        ] as [([String], AnswerForm?, Bool)]
    )
    func answers(values: [String], form: AnswerForm?, canStream: Bool) {
        #expect(MediaType.answerForm(accepting: values) == form)
        #expect(MediaType.acceptsStream(values) == canStream)
    }

    @Test("that the client must take is a stream, for what cannot be told in one object")
    func streams() throws {
        let nodes = try TwoNodes()
        for (accept, listens, asks) in [
            ("application/json, text/event-stream", true, true), ("*/*", true, true), ("text/event-stream", true, true),
            ("application/json", false, false),
        ] {
            var listen = nodes.stateless("subscriptions/listen", #""notifications":{}"#)
            listen.headers.set(.accept, accept)
            let stream = nodes.first.begin(listen)
            #expect(stream.isStream == listens, "\(accept)")
            if !listens { #expect(stream.wholeAnswer().status == .notAcceptable) }
            stream.disconnect()
            // A question in a session needs one, too; a call that is about to ask says so as its result.
            try nodes.open("2025-11-25")
            var call = nodes.call("greet")
            call.headers.set(.accept, accept)
            let channel = nodes.first.begin(call)
            if asks {
                #expect(channel.wait { $0.events.contains { $0.method == "elicitation/create" } })
                channel.disconnect()
            } else {
                #expect(channel.wholeAnswer().message?["result"]?["isError"]?.bool == true)
            }
        }
    }

    @Test("of a stream makes each message an event of its own", arguments: ["2025-11-25", "2026-07-28"])
    func events(revision: String) throws {
        let nodes = try TwoNodes()
        if revision == "2025-11-25" { try nodes.open(revision, capabilities: "{}") }
        for (method, params) in [
            ("tools/list", ""), ("tools/call", #""name":"echo","arguments":{"text":"a"}"#),
            ("tools/call", #""name":"greet""#), ("tools/call", #""name":"count""#),
            ("tools/call", #""name":"stumble""#),
            ("tools/call", #""name":"bug""#), ("resources/read", #""uri":"sample://1""#), ("no-such-method", ""),
            ("resources/subscribe", #""uri":"sample://1""#), ("logging/setLevel", #""level":"info""#),
            ("tasks/get", #""taskId":"none""#),
        ] {
            var request: HTTPRequest
            if revision == "2026-07-28" {
                let named = ["tools/call": "name", "resources/read": "uri"][method]
                let name = named.flatMap { key in
                    (try? JSONDocument(text: "{\(params)}"))?.root[key]?.string
                }
                request = nodes.stateless(method, params, name: name)
            } else {
                request = nodes.message(
                    #"{"jsonrpc":"2.0","id":1,"method":"\#(method)","params":{\#(params)}}"#)
            }
            request.headers.set(.accept, "text/event-stream")
            let answer = nodes.first.begin(request).wholeAnswer()
            if answer.status == .ok {
                let events = SentEvent.all(in: answer.body).filter { $0.data != "" }
                let messages = try events.map { try JSONDocument(text: $0.data).root }
                #expect(messages.last?["id"]?.raw.text == "1", "\(method) \(params)")
            } else {
                #expect(try JSONDocument(answer.body).root["error"] != nil, "\(method) \(params)")
            }
        }
    }
}
