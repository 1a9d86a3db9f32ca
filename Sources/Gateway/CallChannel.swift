import HTTP
import HTTPServer
import MCP
import Telemetry

/// The answer to a call, as the protocol writes to it; each is logged when it is over.
struct CallChannel: ResponseChannel {
    let call: Call
    let parts: Parts
    let ending: CallEnding
    /// Sends a whole answer, and tells log and metrics of it.
    let answer: Work.Answer
    /// What the log says of a call with which only the protocol had to do.
    let record: CallRecord

    func send(_ response: HTTPResponse) { answer(response, ending.record ?? record) }

    func open(_ headers: HTTPHeaders) -> any EventSink {
        var response = HTTPResponse(status: .ok, headers: headers)
        parts.origins.share(&response, with: call.request)
        response.headers.set(.xRequestID, call.id.description)
        let sink = CallSink(call.responder.stream(headers: response.headers))
        // A stream may be open for an hour; what is told of it at its end needs neither headers nor body.
        var request = call.request
        (request.headers, request.body) = ([:], [])
        sink.onClose { [request, id = call.id, credential = call.credential, parts, ending, record] _ in
            parts.journal.record(HTTPResponse(status: .ok), to: request, id, ending.record ?? record, of: credential)
        }
        return sink
    }

    func onDisconnect(_ body: @escaping @Sendable () -> Void) { call.responder.onDisconnect(body) }
}

/// A stream of the HTTP server, as the protocol writes to it.
struct CallSink: EventSink {
    private let stream: ResponseStream

    init(_ stream: ResponseStream) { self.stream = stream }

    var isOpen: Bool { stream.isOpen }

    func send(_ bytes: [UInt8]) -> Bool { stream.send(bytes) }

    func end() { stream.end() }

    func onClose(_ body: @escaping @Sendable (_ isDisconnected: Bool) -> Void) {
        stream.onClose { body($0 == .disconnected) }
    }
}
