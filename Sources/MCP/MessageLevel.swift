/// How much a client wants to hear, least severe first.
package enum MessageLevel: String, Sendable, CaseIterable, Comparable {
    case debug
    case info
    case notice
    case warning
    case error
    case critical
    case alert
    case emergency

    package static func < (left: MessageLevel, right: MessageLevel) -> Bool {
        let order = allCases
        return order.firstIndex(of: left) ?? 0 < order.firstIndex(of: right) ?? 0
    }
}
