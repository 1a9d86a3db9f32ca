import Dispatch
import MCP
import Synchronization

/// What the suite changes, the same at every node, and who is told.
final class ChangeBoard: Sendable {
    private let shared: SharedState
    private let tell = Mutex<@Sendable (Change) -> Void>({ _ in })

    init(_ shared: SharedState) { self.shared = shared }

    var hasDummyTool: Bool { shared.isSet("dummy tool") }
    var hasDummyPrompt: Bool { shared.isSet("dummy prompt") }

    func onChange(_ body: @escaping @Sendable (Change) -> Void) { tell.withLock { $0 = body } }

    func toggleTool() throws { try toggle("dummy tool", .list(.tools)) }

    func togglePrompt() throws { try toggle("dummy prompt", .list(.prompts)) }

    func touch(_ uri: String) { tell.withLock(\.self)(.resource(uri: uri)) }

    func noteCancellation(of call: String) throws { try shared.set("cancelled \(call)") }

    /// Whether a call is cancelled within the time, at whatever node; returns as soon as it is.
    func awaitCancellation(of call: String, for seconds: Int) -> Bool {
        shared.wait(for: "cancelled \(call)", .seconds(seconds))
    }

    private func toggle(_ name: String, _ change: Change) throws {
        try shared.toggle(name)
        tell.withLock(\.self)(change)
    }
}

/// Facts that all nodes know, kept as notes.
struct SharedState: Sendable {
    let mailroom: any Mailroom
    let tenant: String

    func isSet(_ name: String) -> Bool { ((try? mailroom.note(at: address(name))) ?? nil) != nil }

    func set(_ name: String) throws {
        try mailroom.amend(address(name), for: Self.lifetime) { $0 = [1] }
        mailroom.post("", to: address(name))
    }

    /// Whether a fact is set within the time; returns as soon as it is.
    func wait(for name: String, _ time: DispatchTimeInterval) -> Bool {
        let signal = DispatchSemaphore(value: 0)
        let reception = mailroom.receive(at: address(name)) { _ in signal.signal() }
        return withExtendedLifetime(reception) {
            isSet(name) || (signal.wait(timeout: .now() + time) == .success && isSet(name))
        }
    }

    func toggle(_ name: String) throws {
        try mailroom.amend(address(name), for: Self.lifetime) { $0 = $0 == nil ? [1] : nil }
    }

    private static let lifetime = Duration.seconds(60 * 60)

    private func address(_ name: String) -> Address { Address(tenant: tenant, name: "fixture/\(name)") }
}
