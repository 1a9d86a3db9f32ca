import HTTP
import HTTPServer
import Identity
import Telemetry

/// A request on its way: its form was accepted, and nothing has been looked up.
final class Call: Sendable {
    let request: HTTPRequest
    let id: RequestID
    let credential: PresentedCredential
    /// The credential as what sealed values are bound to.
    let binding: [UInt8]
    let responder: HTTPResponder
    /// What the request asks to see less of, or why that cannot be read; told once it is known who calls.
    let selection: Result<RequestSelection, RequestSelection.Problem>?

    init(
        request: HTTPRequest,
        id: RequestID,
        credential: PresentedCredential,
        binding: [UInt8],
        responder: HTTPResponder,
        selection: Result<RequestSelection, RequestSelection.Problem>?
    ) {
        self.request = request
        self.id = id
        self.credential = credential
        self.binding = binding
        self.responder = responder
        self.selection = selection
    }
}

/// What is known of a request when it is answered; logged and counted once.
struct CallRecord: Sendable {
    var outcome: String
    var errorCode: String?
    var reason: String?
    var era: String?
    var revision: String?
    var method: String?
    var tool: String?
    /// The resource or prompt that was asked for, or whose suggestions.
    var fetched: String?
    /// Whether the time to the answer is a person's, not the service's.
    var waitedForPerson = false
    var client: String?
    var waited: Duration?
    /// Whether it is one of a crowd of which log and metrics tell in sums.
    var isTallied = false

    init(outcome: String = "ok") { self.outcome = outcome }

    /// Of a call that its client took back.
    static let cancelled = CallRecord(outcome: "cancelled")
}
