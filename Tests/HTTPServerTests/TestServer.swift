import Dispatch
import HTTP
import HTTPServer
import Synchronization

/// A server on a free port, whose requests a test takes out and answers when it likes.
final class TestServer: Sendable {
    let server: HTTPServer
    let port: UInt16
    /// Requests that were not answered at once.
    let calls = Arrivals<(request: HTTPRequest, responder: HTTPResponder)>()
    /// What the server told its log.
    let events = Arrivals<HTTPServerEvent>()

    /// Starts; a request for `/echo` is answered at once with its body.
    init(_ configure: (inout HTTPServerConfiguration) -> Void = { _ in }) throws {
        var configuration = HTTPServerConfiguration()
        configure(&configuration)
        let (calls, events) = (calls, events)
        server = HTTPServer(
            configuration: configuration,
            log: { events.put($0) },
            handler: { request, responder in
                guard request.path == "/echo" else { return calls.put((request, responder)) }
                let query = request.queryText.map(String.init) ?? ""
                responder.send(HTTPResponse(status: .ok, headers: ["X-Query": query], body: request.body))
            }
        )
        port = try server.start()
    }

    func connect(receiveBuffer: Int32? = nil) throws -> TestClient {
        try TestClient(port: port, receiveBuffer: receiveBuffer)
    }

    /// Waits for an event, and drops those before it.
    func wait(for event: HTTPServerEvent) throws {
        while try events.next() != event {}
    }

    /// Comes back when the loop has taken everything that came before.
    func roundTrip() throws {
        let client = try connect()
        try client.send("GET /echo HTTP/1.1\r\nHost: a\r\n\r\n")
        _ = try client.answer()
    }
}

/// Values that one thread leaves and another waits for.
final class Arrivals<Value: Sendable>: Sendable {
    struct NothingCame: Error {}

    private let values = Mutex<[Value]>([])
    private let count = DispatchSemaphore(value: 0)

    func put(_ value: Value) {
        values.withLock { $0.append(value) }
        count.signal()
    }

    /// Waits for the next value, so long that only a mistake can be the reason if none comes.
    func next() throws -> Value {
        guard count.wait(timeout: .now() + .seconds(10)) == .success else { throw NothingCame() }
        return values.withLock { $0.removeFirst() }
    }

    var isEmpty: Bool { values.withLock(\.isEmpty) }
}

extension HTTPResponse {
    /// A plain answer.
    static func text(_ text: String) -> Self { Self(status: .ok, body: Array(text.utf8)) }
}
