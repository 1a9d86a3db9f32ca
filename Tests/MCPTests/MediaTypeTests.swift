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
}
