package import HTTP
import Synchronization

/// Collects the answers to the messages of a batch, from whatever threads they come, and sends them together.
///
/// Messages of a batch are independent: each is served as if it had come alone, and none harms the others.
package final class BatchCollector: Sendable {
    private struct State {
        var responses: [HTTPResponse?]
        var missing: Int
    }

    private let combine: @Sendable ([HTTPResponse]) -> HTTPResponse
    private let finish: @Sendable (HTTPResponse) -> Void
    private let state: Mutex<State>

    /// - Parameters:
    ///   - count: How many messages there are, at least one.
    ///   - combine: Puts the answers together, in the order of the messages.
    ///   - finish: Sends the whole, once.
    package init(
        count: Int,
        combine: @escaping @Sendable ([HTTPResponse]) -> HTTPResponse,
        finish: @escaping @Sendable (HTTPResponse) -> Void
    ) {
        self.combine = combine
        self.finish = finish
        state = Mutex(State(responses: Array(repeating: nil, count: count), missing: count))
    }

    /// Takes the answer to a message; only the first one counts.
    package func take(_ response: HTTPResponse, at index: Int) {
        let all = state.withLock { state -> [HTTPResponse]? in
            guard state.responses[index] == nil else { return nil }
            state.responses[index] = response
            state.missing -= 1
            return state.missing == 0 ? state.responses.compactMap(\.self) : nil
        }
        if let all { finish(combine(all)) }
    }

    /// What answers a message that is not answered at once.
    package func channel(at index: Int) -> any ResponseChannel { Part(collector: self, index: index) }

    /// A message's answer is one object: the plans of a batch never open a stream.
    private struct Part: ResponseChannel, EventSink {
        let collector: BatchCollector
        let index: Int

        func send(_ response: HTTPResponse) { collector.take(response, at: index) }
        func open(_ headers: HTTPHeaders) -> any EventSink { self }
        /// A client of a batch that goes away changes nothing: its revision knows no such cancellation.
        func onDisconnect(_ body: @escaping @Sendable () -> Void) {}

        var isOpen: Bool { false }
        func send(_ bytes: [UInt8]) -> Bool { false }
        func end() { collector.take(HTTPResponse(status: .accepted), at: index) }
        func onClose(_ body: @escaping @Sendable (_ isDisconnected: Bool) -> Void) { body(false) }
    }
}
