/// How soon somebody should look at a log line.
package enum LogLevel: String, Sendable, CaseIterable, Comparable {
    /// Of use only to whoever is debugging.
    case debug
    /// What happened; one line a request.
    case info
    /// Can wait a week.
    case warning
    /// Cannot wait.
    case error

    /// Orders levels by urgency.
    package static func < (left: LogLevel, right: LogLevel) -> Bool {
        left.urgency < right.urgency
    }

    private var urgency: Int {
        switch self {
        case .debug: 0
        case .info: 1
        case .warning: 2
        case .error: 3
        }
    }
}
