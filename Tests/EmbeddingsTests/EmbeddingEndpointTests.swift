import HTTP
import HTTPServer
import Identity
import JSON
import Postgres
import Synchronization
import Testing

@testable import Embeddings

@Suite("The endpoint of embeddings")
struct EmbeddingEndpointTests {
    /// A server that answers each request as it is told.
    private final class Peer: Sendable {
        let port: UInt16
        private let server: HTTPServer

        init(_ answer: @escaping @Sendable (HTTPRequest, HTTPResponder) -> Void) throws {
            var configuration = HTTPServerConfiguration()
            configuration.port = 0
            server = HTTPServer(configuration: configuration) { answer($0, $1) }
            port = try server.start()
        }

        deinit { server.drain(deadline: .zero) }

        func endpoint(timeout: Duration = .seconds(30)) throws -> EmbeddingEndpoint {
            try EmbeddingEndpoint(
                EmbeddingSettings(
                    url: "http://127.0.0.1:\(port)/v1/embeddings", model: "m", key: "sk-1", timeout: timeout,
                    agent: "tests"))
        }
    }

    /// Each text's length, as a direction.
    private static func answer(_ request: HTTPRequest) -> HTTPResponse {
        let input = (try? JSONDocument(request.body).root["input"]?.elements) ?? []
        let entries = input.map {
            JSONValue.object([JSONMember("embedding", [.integer(Int64($0.string?.count ?? 0)), 1])])
        }
        return .json(RawJSON(["data": .array(entries)]).bytes)
    }

    private func principal(_ workspace: Int, _ credential: Int) throws -> Principal {
        let row = { (number: Int) in try #require(RowID(uuid: "00000000-0000-7000-8000-00000000000\(number)")) }
        return Principal(
            workspace: WorkspaceID(try row(workspace)), credential: try row(credential), member: nil,
            access: ToolAccess(
                readOnly: false, customerComments: false, customerCommentFactors: 0))
    }

    @Test("is asked many things at a time")
    func concurrency() throws {
        let peer = try Peer { request, responder in responder.send(Self.answer(request)) }
        let endpoint = try peer.endpoint()
        let left = Mutex(100)
        let done = Gate()
        let wrong = Mutex(0)
        for number in 0..<100 {
            endpoint.embed([String(repeating: "a", count: number)], within: .seconds(30)) { result in
                if (try? result.get())?.map(\.numbers) != [[Float(number), 1]] { wrong.withLock { $0 += 1 } }
                let rest = left.withLock { left in
                    left -= 1
                    return left
                }
                if rest == 0 { done.open() }
            }
        }
        _ = try endpoint.embed(["last"], within: .seconds(30))
        while !done.isOpen {}
        #expect(wrong.withLock { $0 } == 0)
    }

    @Test("is given up where it is silent, gone, or says too much")
    func failures() throws {
        let held = Mutex<[HTTPResponder]>([])
        let holding = try Peer { _, responder in held.withLock { $0.append(responder) } }
        let wordy = try Peer { _, responder in
            responder.send(.json([UInt8](repeating: 32, count: EmbeddingExchange.answerBytes + 1)))
        }
        let gone = try { try Peer { _, _ in }.endpoint() }()
        for (endpoint, limit) in [
            (try holding.endpoint(), Duration.milliseconds(50)), (try wordy.endpoint(), .seconds(60)),
            (gone, .seconds(30)),
        ] {
            let error = #expect(throws: EmbeddingError.self) { _ = try endpoint.embed(["a"], within: limit) }
            #expect(error?.code == .unreachable, "\(error?.message ?? "")")
        }
    }

    @Test("gets the key, and nobody to whom it sends on does")
    func redirects() throws {
        let keys = Mutex<[String?]>([])
        let other = try Peer { request, responder in
            keys.withLock { $0.append(request.headers.first(.authorization)) }
            responder.send(Self.answer(request))
        }
        let port = other.port
        let peer = try Peer { request, responder in
            keys.withLock { $0.append(request.headers.first(.authorization)) }
            var response = HTTPResponse(status: HTTPStatus(rawValue: 307))
            response.headers.set(HTTPHeaderName(rawValue: "Location"), "http://127.0.0.1:\(port)/v1/embeddings")
            responder.send(response)
        }
        let error = #expect(throws: EmbeddingError.self) {
            _ = try peer.endpoint().embed(["a"], within: .seconds(30))
        }
        #expect(error?.code == .unavailable)
        #expect(keys.withLock { $0 } == ["Bearer sk-1"])
    }

    @Test("is asked once for what one caller asks, and again for every other")
    func questions() throws {
        let count = Mutex(0)
        let peer = try Peer { request, responder in
            count.withLock { $0 += 1 }
            responder.send(Self.answer(request))
        }
        let sent = Mutex<[QueryEmbeddings.Sent]>([])
        let queries = QueryEmbeddings(try peer.endpoint()) { note in sent.withLock { $0.append(note) } }
        let callers = try [principal(1, 1), principal(1, 2), principal(2, 1)]
        for caller in callers + callers {
            let asked = queries.ask("what", for: caller)
            while !asked.gate.isOpen {}
            #expect(try asked.result?.get().numbers == [4, 1])
        }
        #expect(queries.ask("what", for: callers[0]) === queries.ask("what", for: callers[0]))
        #expect(queries.ask("what", for: callers[0]) !== queries.ask("what", for: callers[2]))
        #expect(count.withLock { $0 } == 3)
        while sent.withLock({ $0.count }) < 3 {}
        #expect(sent.withLock { $0.allSatisfy { $0.characters == 4 && $0.error == nil } })
    }

    @Test("keeps nothing of what failed, and rests then")
    func rest() throws {
        let peer = try Peer { _, responder in responder.send(HTTPResponse(status: .internalServerError)) }
        let queries = QueryEmbeddings(try peer.endpoint())
        let caller = try principal(1, 1)
        let codes = ["a", "a", "b"].map { text -> EmbeddingError.Code? in
            let asked = queries.ask(text, for: caller)
            while !asked.gate.isOpen {}
            guard case .failure(let error) = asked.result else { return nil }
            return error.code
        }
        #expect(codes == [.unavailable, .resting, .resting])
    }
}
