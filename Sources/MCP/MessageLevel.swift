/// How much a client wants to hear, least severe first.
package enum MessageLevel: String, Sendable, CaseIterable {
    case debug
    case info
    case notice
    case warning
    case error
    case critical
    case alert
    case emergency
}
