import HTTP
import HTTPServer
import MCP

/// The answer to a call, as the protocol writes to it.
struct CallChannel: ResponseChannel {
    let responder: HTTPResponder
    /// Sends a whole answer, and tells log and metrics of it.
    let answer: @Sendable (HTTPResponse) -> Void

    func send(_ response: HTTPResponse) { answer(response) }

    func open(_ headers: HTTPHeaders) -> any EventSink { CallSink(stream: responder.stream(headers: headers)) }

    func onDisconnect(_ body: @escaping @Sendable () -> Void) { responder.onDisconnect(body) }
}

/// A stream of the HTTP server, as the protocol writes to it.
struct CallSink: EventSink {
    let stream: ResponseStream

    var isOpen: Bool { stream.isOpen }

    func send(_ bytes: [UInt8]) -> Bool { stream.send(bytes) }

    func end() { stream.end() }

    func onClose(_ body: @escaping @Sendable (_ isDisconnected: Bool) -> Void) {
        stream.onClose { body($0 == .disconnected) }
    }
}
