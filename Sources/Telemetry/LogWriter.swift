import Dispatch
import Synchronization

/// Brings lines to the sink in the background, so that a slow terminal or pipe never holds up a worker.
///
/// At most `capacity` bytes wait. What comes on top is dropped and counted, and the log says so itself as soon as it
/// can write again.
final class LogWriter: Sendable {
    private struct State {
        var waiting: [UInt8] = []
        var isScheduled = false
        var droppedSinceLastReport = 0
        var dropped = 0
    }

    private let sink: @Sendable ([UInt8]) -> Void
    private let clock: WallClock
    private let capacity: Int
    private let queue = DispatchQueue(label: "workport.log", qos: .utility)
    private let state = Mutex(State())

    init(capacity: Int, clock: WallClock, sink: @escaping @Sendable ([UInt8]) -> Void) {
        self.capacity = capacity
        self.clock = clock
        self.sink = sink
    }

    /// How many lines were lost since the start.
    var droppedLines: Int { state.withLock { $0.dropped } }

    func append(_ line: [UInt8]) {
        let mustSchedule = state.withLock { state in
            guard state.waiting.count + line.count <= capacity else {
                state.dropped += 1
                state.droppedSinceLastReport += 1
                return false
            }
            state.waiting.append(contentsOf: line)
            defer { state.isScheduled = true }
            return !state.isScheduled
        }
        if mustSchedule { queue.async { self.drain() } }
    }

    /// Returns once everything appended before has reached the sink.
    func flush() {
        queue.sync { drain() }
    }

    private func drain() {
        while let lines = next() { sink(lines) }
    }

    /// Takes all that waits, or ends the round.
    private func next() -> [UInt8]? {
        state.withLock { state in
            guard !state.waiting.isEmpty || state.droppedSinceLastReport > 0 else {
                state.isScheduled = false
                return nil
            }
            var lines: [UInt8] = []
            swap(&lines, &state.waiting)
            if state.droppedSinceLastReport > 0 {
                lines += LogLine.bytes(
                    time: clock.now,
                    level: .warning,
                    message: "Log lines were dropped",
                    fields: [.dropped: .integer(state.droppedSinceLastReport)]
                )
                state.droppedSinceLastReport = 0
            }
            return lines
        }
    }
}
