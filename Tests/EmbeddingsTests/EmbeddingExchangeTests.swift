import HTTP
import HTTPClient
import JSON
import Testing

@testable import Embeddings

@Suite("A request for embeddings")
struct EmbeddingExchangeTests {
    private let exchange = EmbeddingExchange(texts: ["a", "\"b\"\n"], model: "m", dimensions: 2)

    private func read(
        _ body: String, status: HTTPStatus = .ok, headers: HTTPHeaders = [:]
    ) throws(EmbeddingError) -> [Embedding] {
        try exchange.embeddings(
            in: Answer(head: AnswerHead(status: status, headers: headers), body: Array(body.utf8)))
    }

    @Test("names model, texts and dimensions")
    func body() {
        #expect(
            String(decoding: exchange.body, as: UTF8.self)
                == #"{"model":"m","input":["a","\"b\"\n"],"dimensions":2}"#)
        let free = EmbeddingExchange(texts: ["a"], model: "m", dimensions: nil)
        #expect(String(decoding: free.body, as: UTF8.self) == #"{"model":"m","input":["a"]}"#)
    }

    @Test("takes the embeddings by their index, or in their order")
    func order() throws {
        let expected = [Embedding([1, 0]), Embedding([0, -2.5])]
        #expect(
            try read(#"{"data":[{"index":1,"embedding":[0,-2.5]},{"index":0,"embedding":[1,0]}]}"#) == expected)
        #expect(try read(#"{"data":[{"embedding":[1,0]},{"embedding":[0,-2.5]}],"usage":{}}"#) == expected)
    }

    @Test(
        "takes no answer that does not have one good embedding for each text",
        arguments: [
            "", "[]", "{}", #"{"data":{}}"#, #"{"data":[]}"#, #"{"data":[{"embedding":[1,0]}]}"#,
            #"{"data":[{"embedding":[1,0]},{"embedding":[1,0]},{"embedding":[1,0]}]}"#,
            #"{"data":[{"index":0,"embedding":[1,0]},{"index":0,"embedding":[1,0]}]}"#,
            #"{"data":[{"index":0,"embedding":[1,0]},{"index":2,"embedding":[1,0]}]}"#,
            #"{"data":[{"index":0,"embedding":[1,0]},{"index":-1,"embedding":[1,0]}]}"#,
            #"{"data":[{"embedding":[1,0]},{"embedding":[1,0,0]}]}"#,
            #"{"data":[{"embedding":[1,0]},{"embedding":[1]}]}"#, #"{"data":[{"embedding":[1,0]},{"embedding":[]}]}"#,
            #"{"data":[{"embedding":[1,0]},{"embedding":[0,0]}]}"#,
            #"{"data":[{"embedding":[1,0]},{"embedding":[1,NaN]}]}"#,
            #"{"data":[{"embedding":[1,0]},{"embedding":[1,1e400]}]}"#,
            #"{"data":[{"embedding":[1,0]},{"embedding":[1,1e39]}]}"#,
            #"{"data":[{"embedding":[1,0]},{"embedding":[1,null]}]}"#,
            #"{"data":[{"embedding":[1,0]},{"embedding":[1,"0"]}]}"#,
            #"{"data":[{"embedding":[1,0]},{"embedding":"AACAPwAAAAA="}]}"#, #"{"data":[{"embedding":[1,0]},7]}"#,
        ]
    )
    func badAnswers(body: String) {
        let error = #expect(throws: EmbeddingError.self) { _ = try read(body) }
        #expect(error?.code == .badAnswer, "\(body)")
    }

    @Test("takes embeddings of one length only, where none is set")
    func lengths() {
        let free = EmbeddingExchange(texts: ["a", "b"], model: "m", dimensions: nil)
        let body = Array(#"{"data":[{"embedding":[1,0]},{"embedding":[1,0,0]}]}"#.utf8)
        let error = #expect(throws: EmbeddingError.self) {
            _ = try free.embeddings(in: Answer(head: AnswerHead(status: .ok), body: body))
        }
        #expect(error?.code == .badAnswer)
    }

    @Test(
        "knows what a status means",
        arguments: [
            (401, .unauthorized), (403, .unauthorized), (429, .rateLimited), (500, .unavailable), (503, .unavailable),
            (404, .unavailable), (400, .rejected), (413, .rejected), (302, .unavailable),
        ] as [(Int, EmbeddingError.Code)]
    )
    func status(number: Int, code: EmbeddingError.Code) {
        let status = HTTPStatus(rawValue: number)
        let error = #expect(throws: EmbeddingError.self) {
            _ = try read(#"{"error":{"message":"You sent SECRET"}}"#, status: status, headers: [.retryAfter: "7"])
        }
        #expect(error?.code == code)
        #expect(error?.retryAfter == ([.rateLimited].contains(code) || number >= 500 ? .seconds(7) : nil))
        #expect(error?.message.contains("SECRET") == false, "What an endpoint says may repeat what was sent")
    }

    @Test("gives PostgreSQL numbers that it reads as they are")
    func literal() {
        #expect(Embedding([1, -0.5, 1e-10])?.literal == "{1.0,-0.5,1e-10}")
    }
}
