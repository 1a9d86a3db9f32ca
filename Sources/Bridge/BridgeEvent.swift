import HTTP
import HTTPClient
import JSON

/// What the client, the endpoint and the clock do.
enum BridgeEvent {
    /// The client sent a line.
    case line(LineReader.Line)
    /// The client has closed its end: what is under way is finished, nothing more comes.
    case endOfInput
    /// The bridge is asked to end.
    case stop
    /// The client takes nothing more.
    case clientGone
    /// An answer begins.
    case head(ExchangeID, AnswerHead)
    /// Bytes of an answer's body.
    case body(ExchangeID, [UInt8])
    /// An exchange is over.
    case end(ExchangeID, TransferFailure?)
    /// A time has come.
    case alarm(Alarm)
}

extension BridgeEvent {
    /// What happened to an exchange.
    init(_ event: TransferEvent) {
        switch event {
        case .head(let id, let head): self = .head(id, head)
        case .body(let id, let bytes): self = .body(id, bytes)
        case .end(let id, let failure): self = .end(id, failure)
        }
    }
}

/// What a time was waited for. An alarm that nobody needs any more is ignored when it comes.
enum Alarm: Hashable {
    /// A call is to be tried again.
    case retry(CallKey)
    /// The stream of a call's answer is to be taken up again.
    case resume(CallKey)
    /// Nothing may have come on a stream that was taken up again.
    case silence(CallKey, ExchangeID)
    /// A notification or an answer of the client is to be posted again.
    case repost(Int)
    /// The session's own stream is to be opened again.
    case stream(generation: Int)
    /// What is under way has had its time to finish.
    case drain
}

/// What is to be done.
enum BridgeAction: Equatable {
    /// Write a message to the client, with a line end behind it.
    case write([UInt8])
    /// Send a request to the endpoint.
    case send(ExchangeID, OutgoingRequest)
    /// Break an exchange off.
    case drop(ExchangeID)
    /// Bring an alarm after a while.
    case wake(Alarm, after: Duration)
    /// Tell the log.
    case note(BridgeNote)
    /// Everything is over.
    case finish
}

/// What is said to the log: a closed list, so that nothing of a message can get there.
enum BridgeNote: Equatable {
    case sessionOpened(revision: String)
    case sessionLost
    case sessionReopened(revision: String)
    case sessionNotReopened
    case revisionChanged(from: String, to: String)
    case retrying(attempt: Int, after: Duration, HTTPStatus?)
    case resuming(attempt: Int)
    case streamOpened
    case streamLost(after: Duration)
    case streamUnavailable(HTTPStatus)
    case messageRefused(HTTPStatus?)
    case messageDropped
    case answerUnreadable
    case answerUnexpected
    case badLine
    case toolsHidden(Int)
    case clientDone
    case cutShort(calls: Int)
}

/// How much the bridge holds, and for how long it waits.
struct BridgeLimits: Sendable {
    /// The longest message of the client.
    var lineBytes = 4 << 20
    /// The longest message of the endpoint.
    var answerBytes = 64 << 20
    /// The most calls that the client may have open.
    var calls = 1024
    /// The most of them that are with the endpoint at a time; streams of changes do not count.
    var concurrentCalls = 64
    /// How long a call that was not carried out is tried again.
    var patience = Duration.seconds(30)
    /// How long calls under way get to finish when the client is done.
    var drain = Duration.seconds(30)
    /// How long the bridge's own requests may take.
    var errand = Duration.seconds(30)
    /// How long the end of the session may take.
    var farewell = Duration.seconds(5)
    /// How long a list of tools counts where it decides whether a call is let through.
    var catalogAge = Duration.seconds(300)
    /// How long a stream that was taken up again may be silent.
    var silence = Duration.seconds(300)
    /// How often a stream may be taken up again without anything new on it.
    var idleResumptions = 5

    /// The limits of a document that the endpoint sends.
    var answers: JSONLimits { JSONLimits(maxDepth: 512, maxBytes: answerBytes, maxNodes: 1 << 23) }

    /// How long to wait before an attempt that follows on others.
    static func pause(before attempt: Int, atMost longest: Duration = .seconds(5)) -> Duration {
        min(.milliseconds(250 << min(max(attempt - 1, 0), 10)), longest)
    }
}
