package import HTTP

/// What answers one request from any thread: at once, or as a stream.
package protocol ResponseChannel: Sendable {
    /// Gives the whole answer; the first answer counts.
    func send(_ response: HTTPResponse)
    /// Answers with a stream, whose header leaves at once.
    func open(_ headers: HTTPHeaders) -> any EventSink
    /// Calls `body` if the client goes away before the answer.
    func onDisconnect(_ body: @escaping @Sendable () -> Void)
}

/// An answer that stays open.
package protocol EventSink: Sendable {
    /// Whether bytes may still be sent.
    var isOpen: Bool { get }
    /// Queues bytes; `false` if they were not taken.
    @discardableResult
    func send(_ bytes: [UInt8]) -> Bool
    /// Ends the answer once everything is out.
    func end()
    /// Calls `body` once when the answer is over, at once if it is already.
    func onClose(_ body: @escaping @Sendable (_ isDisconnected: Bool) -> Void)
}
