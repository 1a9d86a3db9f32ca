import Identity
import Synchronization

/// How a call ended, as log and audit trail keep it.
struct Verdict: Sendable {
    var audit: AuditEvent.Outcome
    var errorCode: String?
    /// The tool under whose name the call is kept, if it is another than was called.
    var tool: String?
    /// How many bytes the result has.
    var bytes = 0
}

/// Log and audit trail learn here how a call ended that the protocol answers by itself.
final class CallEnding: Sendable {
    private let state = Mutex<CallRecord?>(nil)
    private let isCounted: Mutex<Bool>

    /// - Parameter isCounted: Whether the request was counted before it came here.
    init(isCounted: Bool = false) { self.isCounted = Mutex(isCounted) }

    /// Whether the request has been counted; it is from now on.
    func count() -> Bool {
        isCounted.withLock { isCounted in
            defer { isCounted = true }
            return isCounted
        }
    }

    /// What is logged when the answer is out; `nil` if nothing but the protocol had to do with it.
    var record: CallRecord? { state.withLock { $0 } }

    func set(_ record: CallRecord) { state.withLock { $0 = record } }
}
