import Glibc
import HTTPClient
package import Telemetry

/// Connects a client that speaks over lines with the endpoint of a workspace.
///
/// One thread does everything: it reads lines, moves bytes of exchanges, writes messages and keeps the time. What to do
/// is decided by ``BridgeSession``; this only does it. Nothing of it blocks, so a slow call holds up no other.
package final class StdioBridge {
    /// How many bytes may wait for the client until nothing more is read from the endpoint.
    private static let backlogLimit = 16 << 20

    private let log: Log
    private let bell: StopBell
    private let transfers: Transfers
    private var session: BridgeSession
    private let input: CInt
    private var output: ClientOutput
    private var lines: LineReader
    private var isReading = true
    private var isOver = false
    private var alarms: [(time: ContinuousClock.Instant, alarm: Alarm)] = []
    private var heardRings = 0

    /// Makes a bridge; nothing is read or sent yet.
    ///
    /// - Parameters:
    ///   - settings: Where to, and what is let through.
    ///   - input: Where the client's messages come from.
    ///   - output: Where its answers go; nothing else is ever written there.
    ///   - bell: What ends it before the client does.
    /// - Throws: ``BridgeError`` if the HTTP library cannot be started, or the file of authorities cannot be read.
    package init(
        _ settings: BridgeSettings,
        input: CInt = STDIN_FILENO,
        output: CInt = STDOUT_FILENO,
        bell: StopBell,
        log: Log
    ) throws(BridgeError) {
        if let file = settings.authorities, access(file, R_OK) != 0 {
            throw BridgeError(
                .authorities,
                "The file \(file) cannot be read; --ca-file can name a file with certificates in the PEM form."
            )
        }
        guard let transfers = Transfers(to: settings.destination) else {
            throw BridgeError(.system, "libcurl cannot be started.")
        }
        self.transfers = transfers
        session = BridgeSession(limits: settings.limits, narrowing: settings.narrowing)
        lines = LineReader(limit: settings.lineBytes)
        self.input = input
        self.output = ClientOutput(output)
        self.bell = bell
        self.log = log
    }

    /// Runs until the client is done, or the bell has rung.
    package func run() {
        while !isOver {
            turn()
        }
        finishWriting()
    }

    private func turn() {
        readLines()
        hearBell()
        if !isBehind {
            for event in transfers.advance() { happen(BridgeEvent(event)) }
        }
        passAlarms()
        flush()
        guard !isOver else { return }
        let descriptors = Descriptors(
            readable: (isReading ? [input] : []) + [bell.descriptor],
            writable: output.backlog > 0 ? [output.descriptor] : []
        )
        if isBehind {
            descriptors.wait(for: waitingTime)
        } else {
            transfers.wait(readable: descriptors.readable, writable: descriptors.writable, for: waitingTime)
        }
    }

    /// Whether so much waits for the client that nothing more is read from the endpoint.
    private var isBehind: Bool { output.backlog >= Self.backlogLimit }

    // MARK: Events

    private func happen(_ event: BridgeEvent) {
        for action in session.receive(event, at: .now) { act(action) }
    }

    private func readLines() {
        guard isReading, Descriptors(readable: [input]).wait(for: .zero) else { return }
        var piece = [UInt8](repeating: 0, count: 64 << 10)
        let count = piece.withUnsafeMutableBytes { read(input, $0.baseAddress, $0.count) }
        if count > 0 {
            for line in lines.read(Array(piece[..<count])) { happen(.line(line)) }
        } else if count == 0 || (errno != EINTR && errno != EAGAIN) {
            isReading = false
            if let line = lines.finish() { happen(.line(line)) }
            happen(.endOfInput)
        }
    }

    private func hearBell() {
        let rings = bell.count
        guard rings > heardRings else { return }
        bell.acknowledge()
        isReading = false
        for _ in heardRings..<rings { happen(.stop) }
        heardRings = rings
    }

    private func passAlarms() {
        let now = ContinuousClock.now
        let due = alarms.filter { $0.time <= now }.sorted { $0.time < $1.time }
        alarms.removeAll { $0.time <= now }
        for entry in due { happen(.alarm(entry.alarm)) }
    }

    private func flush() {
        output.flush()
        guard output.isGone, !isOver else { return }
        isReading = false
        happen(.clientGone)
    }

    // MARK: Actions

    private func act(_ action: BridgeAction) {
        switch action {
        case .write(let message): output.append(message)
        case .send(let id, let request): transfers.start(id, request)
        case .drop(let id): transfers.drop(id)
        case .wake(let alarm, let delay): alarms.append((.now + spread(delay), alarm))
        case .note(let note): note.write(to: log)
        case .finish: isOver = true
        }
    }

    /// Up to a quarter later, so that the clients of an endpoint that was away do not all come back at once.
    private func spread(_ delay: Duration) -> Duration { delay + delay * Double.random(in: 0..<0.25) }

    private var waitingTime: Duration {
        let now = ContinuousClock.now
        let next = alarms.map(\.time).min() ?? now + .seconds(60)
        return max(.zero, min(now.duration(to: next), .seconds(60)))
    }

    /// Gives the client a moment to take the last messages.
    private func finishWriting() {
        let end = ContinuousClock.now + .seconds(5)
        while output.backlog > 0, !output.isGone, ContinuousClock.now < end {
            Descriptors(writable: [output.descriptor]).wait(for: .seconds(1))
            output.flush()
        }
        log.flush()
    }
}
