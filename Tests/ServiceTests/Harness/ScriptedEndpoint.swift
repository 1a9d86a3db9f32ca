import Dispatch
import HTTP
import HTTPServer
import JSON
import Synchronization

/// An endpoint that a test plays: requests come one by one, and are answered as the test wants.
final class ScriptedEndpoint: Sendable {
    /// A request that waits for its answer.
    struct Arrival: Sendable {
        let request: HTTPRequest
        let responder: HTTPResponder

        var json: JSONValue { (try? JSONDocument(request.body).root.value) ?? .null }

        /// Answers a call with a result.
        func result(_ result: JSONValue = [:], _ headers: HTTPHeaders = [:]) {
            let body: JSONValue = ["jsonrpc": "2.0", "id": json["id"] ?? .null, "result": result]
            var response = HTTPResponse.json(RawJSON(body).bytes)
            for (name, value) in headers { response.headers.set(HTTPHeaderName(rawValue: name), value) }
            responder.send(response)
        }
    }

    let port: UInt16
    private let server: HTTPServer
    private let queue: ArrivalQueue

    /// Starts the endpoint, on a port that is free or on the one of another that has stopped.
    init(port: UInt16 = 0) throws {
        let queue = ArrivalQueue()
        var configuration = HTTPServerConfiguration()
        configuration.port = port
        server = HTTPServer(configuration: configuration) { request, responder in
            queue.append(Arrival(request: request, responder: responder))
        }
        self.queue = queue
        self.port = try server.start()
    }

    deinit { stop() }

    var url: String { "http://127.0.0.1:\(port)/mcp" }

    /// The next request; gives up after thirty seconds.
    func next() throws -> Arrival { try queue.next() }

    /// How many requests have come that nobody has looked at.
    var waiting: Int { queue.count }

    /// Cuts all connections and accepts no others.
    func stop() { server.drain(deadline: .zero) }
}

/// What has arrived.
private final class ArrivalQueue: Sendable {
    private let arrivals = Mutex<[ScriptedEndpoint.Arrival]>([])
    private let signal = DispatchSemaphore(value: 0)

    func append(_ arrival: ScriptedEndpoint.Arrival) {
        arrivals.withLock { $0.append(arrival) }
        signal.signal()
    }

    func next() throws -> ScriptedEndpoint.Arrival {
        guard signal.wait(timeout: .now() + 30) == .success else {
            throw WireClient.Failure(description: "No request came.")
        }
        return arrivals.withLock { $0.removeFirst() }
    }

    var count: Int { arrivals.withLock(\.count) }
}
