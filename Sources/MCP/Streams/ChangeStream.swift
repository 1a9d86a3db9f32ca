import Dispatch
import HTTP
import JSON
import Synchronization

/// A stream that tells a client of changes, in either era; it holds no thread.
///
/// It listens before it opens, so that a client that sees it open misses nothing: what comes before is told then.
final class ChangeStream: OpenStream {
    /// What a stream tells, and in which words.
    struct Subject: Sendable {
        /// Whether the client hears of a change now.
        let wants: @Sendable (Change) -> Bool
        /// The members of `_meta` of each notification.
        let tag: [JSONMember]
        /// The last message, if the era has one.
        let farewell: [UInt8]?
    }

    private struct State {
        /// Where the client is, once the stream is open.
        var sink: (any EventSink)?
        /// What was heard before.
        var early: [Early] = []
        var receptions: [Reception] = []
        /// When each change was told last, and whether it is to be told again.
        var told: [Change: (at: ContinuousClock.Instant, isDue: Bool)] = [:]
        var isOver = false
    }

    private enum Early: Sendable {
        case change(Change)
        case message([UInt8])
    }

    private let subject: Subject
    private let interval: Duration
    private let listDelay: Duration
    /// Milliseconds until a client of a session shall come back.
    private let retry: Int
    private let state = Mutex(State())

    init(_ subject: Subject, _ limits: MCPLimits) {
        self.subject = subject
        interval = limits.noticeInterval
        listDelay = limits.listDelay
        retry = Int(limits.retryTime.milliseconds)
    }

    /// Begins to listen; to be called before the stream opens.
    func listen(to scopes: [String], in mailroom: any Mailroom) {
        for scope in scopes {
            keep(
                mailroom.receive(at: Change.address(scope)) { [weak self] delivery in
                    switch delivery {
                    case .letter(let letter): if let change = Change(letter) { self?.hear(inTime: change) }
                    // What was missed may be anything, also that the caller lost access: the client comes back and looks.
                    case .gap: self?.end()
                    case .event: break
                    }
                }
            )
        }
    }

    /// Keeps a reception for as long as the stream is open.
    func keep(_ reception: Reception) {
        state.withLock { if !$0.isOver { $0.receptions.append(reception) } }
    }

    /// Begins to tell, with a first message if the era has one.
    func open(on sink: any EventSink, with first: [UInt8]? = nil) {
        let (early, isOver) = state.withLock { state in
            // Others learn where to send to at the same moment: it is the first, and whoever ends a stream that the client
            // has seen open says farewell.
            if let first { sink.send(EventStream.event(data: first)) }
            state.sink = sink
            defer { state.early = [] }
            return (state.early, state.isOver)
        }
        guard !isOver else { return bidFarewell(on: sink) }
        for item in early {
            switch item {
            case .change(let change): hear(change)
            case .message(let message): send(message)
            }
        }
    }

    /// Sends a message that is due now.
    func send(_ message: [UInt8]) { sink(or: .message(message))?.send(EventStream.event(data: message)) }

    /// Ends the stream because another one has taken its place.
    func giveWay() { over()?.end() }

    /// Ends the stream, with the last message of the era.
    func end() { if let sink = over() { bidFarewell(on: sink) } }

    private func bidFarewell(on sink: any EventSink) {
        if let farewell = subject.farewell {
            sink.send(EventStream.event(data: farewell))
        } else {
            // A session has no last message; its client is told when to come back.
            sink.send(EventStream.pause(retry))
        }
        sink.end()
    }

    /// Forgets what the stream listens to; the first time, gives where the client is if the stream is open.
    private func over() -> (any EventSink)? {
        let (sink, receptions) = state.withLock { state -> ((any EventSink)?, [Reception]) in
            guard !state.isOver else { return (nil, []) }
            state.isOver = true
            defer { state.receptions = [] }
            return (state.sink, state.receptions)
        }
        // Let go of outside the lock.
        withExtendedLifetime(receptions) {}
        return sink
    }

    /// Where to send to; what comes too early is kept.
    private func sink(or early: Early) -> (any EventSink)? {
        state.withLock { state in
            if state.sink == nil, !state.isOver { state.early.append(early) }
            return state.sink
        }
    }

    // MARK: Telling

    /// Takes a change; that of a list is put off until no process gives the old one any more, for the client will ask
    /// one of them at once and then not again.
    private func hear(inTime change: Change) {
        guard case .list = change, listDelay > .zero else { return hear(change) }
        let deadline = DispatchTime.now() + .milliseconds(Int(listDelay.milliseconds) + 1)
        DispatchQueue.global().asyncAfter(deadline: deadline) { [weak self] in self?.hear(change) }
    }

    /// Tells of a change at once, and of further ones of the same kind together, when some time has passed.
    private func hear(_ change: Change) {
        if change == .access { return end() }
        guard subject.wants(change), sink(or: .change(change)) != nil else { return }
        let now = ContinuousClock.now
        let wait = state.withLock { state -> Duration? in
            // A kind that rests is as one that was never told: the list stays as short as what changes.
            if state.told.count > 16 {
                state.told = state.told.filter { $0.value.isDue || now - $0.value.at < interval }
            }
            guard let last = state.told[change], now - last.at < interval else {
                state.told[change] = (now, false)
                return .zero
            }
            guard !last.isDue else { return nil }
            state.told[change] = (last.at, true)
            return interval - (now - last.at)
        }
        guard let wait else { return }
        guard wait > .zero else { return tell(change) }
        DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(Int(wait.milliseconds) + 1)) { [weak self] in
            guard let self else { return }
            let isOver = state.withLock { state in
                state.told[change] = (.now, false)
                return state.isOver
            }
            if !isOver { tell(change) }
        }
    }

    private func tell(_ change: Change) {
        var members: [JSONMember] = []
        let method: String
        switch change {
        case .list(let kind): method = "notifications/\(kind.rawValue)/list_changed"
        case .resource(let uri):
            method = "notifications/resources/updated"
            members.append(JSONMember("uri", .string(uri)))
        case .access: return
        }
        if !subject.tag.isEmpty { members.append(JSONMember("_meta", .object(subject.tag))) }
        send(notification(method, .object(members)))
    }
}
