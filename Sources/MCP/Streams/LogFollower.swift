import HTTP
import Synchronization

/// Sends the events of a log in order, those of the past and those to come, until the last.
final class LogFollower: OpenStream {
    private struct State {
        var position: Int
        var waiting: [Int: [UInt8]] = [:]
        var receptions: [Reception] = []
        var isOver = false
    }

    private let sink: any EventSink
    private let log: StreamLog
    private let state: Mutex<State>

    init(_ sink: any EventSink, _ log: StreamLog, after position: Int) {
        self.sink = sink
        self.log = log
        state = Mutex(State(position: position))
    }

    func keep(_ reception: Reception) { state.withLock { if !$0.isOver { $0.receptions.append(reception) } } }

    /// Takes what arrives at the log's address.
    func receive(_ delivery: Delivery) {
        switch delivery {
        case .event(let event): receive(event)
        // The client comes back for what it has not got.
        case .gap: end()
        case .letter: break
        }
    }

    /// Takes an event, in whatever order and however often it comes.
    func receive(_ event: LoggedEvent) {
        let isLast = state.withLock { state -> Bool in
            guard !state.isOver, event.position > state.position else { return false }
            state.waiting[event.position] = event.bytes
            // Sent under the lock, so that events leave in order whoever brings them.
            while let next = state.waiting.removeValue(forKey: state.position + 1) {
                state.position += 1
                let mark = StreamLog.mark(of: next)
                if mark == .end { return true }
                sink.send(EventStream.event(data: Array(next.dropFirst()), id: log.id(state.position)))
                if mark == .answer { return true }
            }
            return false
        }
        if isLast { end() }
    }

    func end() {
        let receptions = state.withLock { state -> [Reception]? in
            guard !state.isOver else { return nil }
            state.isOver = true
            defer { state.receptions = [] }
            return state.receptions
        }
        if receptions != nil { sink.end() }
    }
}
