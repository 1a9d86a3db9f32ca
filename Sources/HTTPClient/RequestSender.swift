import Dispatch
import Synchronization

/// An answer that has arrived as a whole.
package struct Answer: Sendable {
    /// How it began.
    package let head: AnswerHead
    /// What followed.
    package let body: [UInt8]

    /// Makes an answer of its parts.
    package init(head: AnswerHead, body: [UInt8]) {
        self.head = head
        self.body = body
    }
}

/// Sends requests to one destination, any number at a time, and gives the answers as they are complete.
///
/// The first request starts a loop on a queue of its own, the last answer ends it: where nothing is sent nothing runs.
/// Connections are kept for the next request.
package final class RequestSender: Sendable {
    /// Called once, on the sender's queue; it must not block.
    package typealias Completion = @Sendable (Result<Answer, TransferFailure>) -> Void

    private struct Inbox {
        var waiting: [(request: OutgoingRequest, completion: Completion)] = []
        var isRunning = false
    }

    private let loop: Loop
    private let inbox = Mutex(Inbox())

    /// Makes a sender; nothing is sent yet.
    ///
    /// - Parameter answerBytes: An answer with a longer body fails.
    /// - Returns: `nil` if libcurl cannot be started.
    package init?(to destination: Destination, answerBytes: Int) {
        guard let transfers = Transfers(to: destination) else { return nil }
        loop = Loop(transfers, answerBytes: answerBytes)
    }

    /// Sends a request; it fails at its time limit at the latest.
    package func send(_ request: OutgoingRequest, then completion: @escaping Completion) {
        let isFirst = inbox.withLock { inbox in
            inbox.waiting.append((request, completion))
            defer { inbox.isRunning = true }
            return !inbox.isRunning
        }
        if isFirst {
            loop.queue.async { self.run() }
        } else {
            loop.wake()
        }
    }

    private func run() {
        while true {
            let arrived = inbox.withLock { inbox in
                defer { inbox.waiting = [] }
                // Whoever comes after this starts another run.
                if inbox.waiting.isEmpty, !loop.isBusy { inbox.isRunning = false }
                return inbox.isRunning ? inbox.waiting : nil
            }
            guard let arrived else { return }
            for (request, completion) in arrived { loop.start(request, completion) }
            loop.turn()
        }
    }
}

/// libcurl's loop with what it has under way. Its queue alone touches it, but for ``wake()``.
private final class Loop: @unchecked Sendable {
    let queue = DispatchQueue(label: "workport.requests")
    private let transfers: Transfers
    private let answerBytes: Int
    private var open: [ExchangeID: (completion: RequestSender.Completion, head: AnswerHead?, body: [UInt8])] = [:]
    private var lastNumber = 0

    init(_ transfers: Transfers, answerBytes: Int) {
        self.transfers = transfers
        self.answerBytes = answerBytes
    }

    var isBusy: Bool {
        dispatchPrecondition(condition: .onQueue(queue))
        return !open.isEmpty
    }

    /// Ends a wait of the loop, from any thread.
    func wake() { transfers.wake() }

    func start(_ request: OutgoingRequest, _ completion: @escaping RequestSender.Completion) {
        dispatchPrecondition(condition: .onQueue(queue))
        lastNumber += 1
        let id = ExchangeID(number: lastNumber)
        open[id] = (completion, nil, [])
        transfers.start(id, request)
    }

    /// Moves what can be moved, gives what is complete, and waits for more.
    func turn() {
        dispatchPrecondition(condition: .onQueue(queue))
        for event in transfers.advance() { happen(event) }
        if !open.isEmpty { transfers.wait(for: .seconds(10)) }
    }

    private func happen(_ event: TransferEvent) {
        switch event {
        case .head(let id, let head): open[id]?.head = head
        case .body(let id, let bytes):
            guard let size = open[id]?.body.count else { return }
            guard size + bytes.count <= answerBytes else {
                transfers.drop(id)
                return end(id, .failure(Self.tooLarge))
            }
            open[id]?.body += bytes
        case .end(let id, let failure):
            guard let exchange = open[id] else { return }
            guard failure == nil, let head = exchange.head else { return end(id, .failure(failure ?? Self.empty)) }
            end(id, .success(Answer(head: head, body: exchange.body)))
        }
    }

    private func end(_ id: ExchangeID, _ result: Result<Answer, TransferFailure>) {
        open.removeValue(forKey: id)?.completion(result)
    }

    private static let tooLarge = TransferFailure(
        isUnsent: false, isLasting: false, reason: "the answer is larger than what is taken")
    private static let empty = TransferFailure(isUnsent: false, isLasting: false, reason: "the answer has no head")
}
