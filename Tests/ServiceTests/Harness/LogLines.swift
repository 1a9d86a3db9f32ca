import Synchronization
import Telemetry

/// Everything that a service logged.
final class LogLines: Sendable {
    private let bytes = Mutex<[UInt8]>([])

    /// A log whose lines are kept here.
    func log(_ level: LogLevel = .debug) -> Log {
        Log(level: level) { line in self.bytes.withLock { $0 += line } }
    }

    var text: String { bytes.withLock { String(decoding: $0, as: UTF8.self) } }
}
