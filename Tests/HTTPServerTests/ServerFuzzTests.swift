import HTTP
import Testing

@testable import HTTPServer

@Suite("A server that gets mutated requests")
struct ServerFuzzTests {
    @Test("ends every connection in order, and lives on")
    func fuzz() throws {
        var configuration = HTTPServerConfiguration()
        configuration.limits.maxBodyBytes = 64
        let server = HTTPServer(
            configuration: configuration,
            handler: { request, responder in
                if request.target.utf8.count % 3 == 0 {
                    responder.stream().send(Array("piece".utf8))
                } else {
                    responder.send(HTTPResponse(status: .ok, body: request.body))
                }
            }
        )
        let port = try server.start()
        var random = SplitMix(seed: 42)
        for round in 0..<500 {
            var bytes = RequestParserFuzzTests.corpus[round % RequestParserFuzzTests.corpus.count]
            RequestParserFuzzTests.mutate(&bytes, &random)
            let client = try TestClient(port: port)
            for piece in random.cut(bytes) where !piece.isEmpty {
                // The server may have had enough already.
                try? client.send(Array(piece))
            }
            client.finishSending()
            let answers = String(decoding: try client.rest(), as: UTF8.self)
            #expect(answers.isEmpty || answers.hasPrefix("HTTP/1.1 "))
        }
        server.drain(deadline: .seconds(10))
        #expect(server.counters.connectionsAccepted == 500 && server.counters.connectionsOpen == 0)
        #expect(server.counters.requests > 100 && !server.counters.refusals.isEmpty)
        #expect(server.counters.streamsOpen == 0 && server.counters.unanswered == 0)
    }
}
