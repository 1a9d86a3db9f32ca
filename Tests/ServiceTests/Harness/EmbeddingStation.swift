import HTTP
import HTTPServer
import JSON
import Synchronization

/// A source of embeddings that a test plays: it knows what a few words mean, and does as it is told.
///
/// Texts that share a meaning lie near each other. `car` and `automobile` have one, so have the words of other lines
/// below; every other word has its own.
final class EmbeddingStation: Sendable {
    /// How it answers.
    enum Manner: Sendable {
        case well
        /// Queries well, and texts of documents not at all.
        case queriesOnly
        /// With this status and these headers.
        case status(HTTPStatus, HTTPHeaders)
        /// With this body.
        case body(String)
        /// Never.
        case silent
    }

    /// A request that came.
    struct Arrival: Sendable {
        let texts: [String]
        let model: String
        let authorization: String?
        let text: String
    }

    private struct State {
        var manner = Manner.well
        var arrivals: [Arrival] = []
        var held: [HTTPResponder] = []
    }

    private static let meanings = [
        ["car", "automobile", "vehicle"], ["heating", "radiator", "radiators", "warmth"], ["refund", "money", "back"],
    ]
    static let dimensions = 96

    let port: UInt16
    private let server: HTTPServer
    private let state: Holder

    /// State that the server's handler shares.
    private final class Holder: Sendable { let state = Mutex(State()) }

    init() throws {
        let holder = Holder()
        var configuration = HTTPServerConfiguration()
        configuration.port = 0
        server = HTTPServer(configuration: configuration) { request, responder in
            EmbeddingStation.receive(request, responder, holder)
        }
        state = holder
        port = try server.start()
    }

    deinit { stop() }

    /// Settings of a node that asks here.
    func settings(timeout: String = "20") -> [String: String] {
        [
            "embeddings-url": "http://127.0.0.1:\(port)/v1/embeddings", "embeddings-model": "words-1",
            "embeddings-timeout": timeout,
        ]
    }

    func answer(_ manner: Manner) { state.state.withLock { $0.manner = manner } }

    /// All that came so far.
    var arrivals: [Arrival] { state.state.withLock(\.arrivals) }

    /// Cuts all connections and accepts no others.
    func stop() { server.drain(deadline: .zero) }

    private static func receive(_ request: HTTPRequest, _ responder: HTTPResponder, _ holder: Holder) {
        let body = (try? JSONDocument(request.body).root.value) ?? .null
        let texts = body["input"]?.elements.compactMap(\.string) ?? []
        let arrival = Arrival(
            texts: texts, model: body["model"]?.string ?? "", authorization: request.headers.first(.authorization),
            text: String(decoding: request.body, as: UTF8.self))
        let manner = holder.state.withLock { state -> Manner in
            state.arrivals.append(arrival)
            if case .silent = state.manner { state.held.append(responder) }
            return state.manner
        }
        let isOfDocuments = texts.contains { $0.contains("\n\n") }
        switch manner {
        case .silent: break
        case .queriesOnly where isOfDocuments: responder.send(HTTPResponse(status: .serviceUnavailable))
        case .well, .queriesOnly: responder.send(.json(answer(to: texts)))
        case .status(let status, let headers):
            var response = HTTPResponse(status: status)
            for (name, value) in headers { response.headers.set(HTTPHeaderName(rawValue: name), value) }
            responder.send(response)
        case .body(let text): responder.send(.json(Array(text.utf8)))
        }
    }

    private static func answer(to texts: [String]) -> [UInt8] {
        let entries = texts.enumerated().map { index, text -> JSONValue in
            [
                "object": "embedding", "index": .integer(Int64(index)),
                "embedding": .array(embedding(of: text).map(JSONValue.double)),
            ]
        }
        // In another order than that of the texts, as the standard allows.
        return RawJSON(["object": "list", "data": .array(entries.reversed()), "model": "words-1"]).bytes
    }

    /// One direction a word, added up.
    static func embedding(of text: String) -> [Double] {
        var numbers = [Double](repeating: 0, count: dimensions)
        for word in text.lowercased().split(whereSeparator: { !$0.isLetter && !$0.isNumber }) {
            let meaning = meanings.firstIndex { $0.contains(String(word)) }
            let hash = word.utf8.reduce(UInt64(14_695_981_039_346_656_037)) { ($0 ^ UInt64($1)) &* 1_099_511_628_211 }
            numbers[meaning ?? (meanings.count + Int(hash % UInt64(dimensions - meanings.count)))] += 1
        }
        if !numbers.contains(where: { $0 != 0 }) { numbers[dimensions - 1] = 1 }
        return numbers
    }
}
