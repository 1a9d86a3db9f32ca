import Crypto
import Dispatch
import Foundation
import HTTP
import JSON
import MCP
import Synchronization
import Testing

/// What happens in the moments in which a stream opens, is lost, or is over.
@Suite("A client of a stream")
struct StreamMomentTests {
    private let nodes: TwoNodes

    init() throws { nodes = try TwoNodes() }

    // MARK: Opening

    @Test("hears of a change as soon as it sees that its session's stream is open")
    func earlyChangeInSession() throws {
        try nodes.open("2025-11-25")
        let server = nodes.second.server
        let channel = nodes.first.begin(nodes.get()) { channel in
            EagerChannel(channel, .opened) { server.announce(.list(.tools), in: "all") }
        }
        #expect(channel.wait { $0.events.map(\.method) == ["notifications/tools/list_changed"] })
    }

    @Test(
        "hears of a change as soon as its wish is acknowledged, and not before", arguments: EagerChannel.Moment.allCases
    )
    fileprivate func earlyChange(moment: EagerChannel.Moment) throws {
        let server = nodes.second.server
        let filter = #""notifications":{"toolsListChanged":true}"#
        let channel = nodes.first.begin(nodes.stateless("subscriptions/listen", filter)) { channel in
            EagerChannel(channel, moment) { server.announce(.list(.tools), in: "all") }
        }
        let expected = ["notifications/subscriptions/acknowledged", "notifications/tools/list_changed"]
        #expect(channel.wait { $0.events.map(\.method) == expected })
    }

    @Test(
        "that loses its access meanwhile gets the acknowledgement and the end", arguments: EagerChannel.Moment.allCases)
    fileprivate func earlyRevocation(moment: EagerChannel.Moment) throws {
        let server = nodes.second.server
        let request = nodes.stateless("subscriptions/listen", #""notifications":{}"#)
        let channel = nodes.first.begin(request) { channel in
            EagerChannel(channel, moment) { server.announce(.access, in: "all") }
        }
        #expect(channel.wait { !$0.isOpen })
        #expect(channel.events.map(\.method) == ["notifications/subscriptions/acknowledged", nil])
        waitUntilNothingIsOpen(nodes.first)
    }

    @Test("that has seen its stream open gets the end from whoever ends the streams, before that goes on")
    func earlyShutdown() throws {
        let request = nodes.stateless("subscriptions/listen", #""notifications":{}"#)
        for _ in 0..<300 {
            let server = nodes.first.server
            let isDone = DispatchSemaphore(value: 0)
            let found = Mutex<[String?]>([])
            _ = nodes.first.begin(request) { channel in
                EagerChannel(channel, .told) {
                    server.endStreams()
                    found.withLock { $0 = channel.events.map(\.method) }
                    isDone.signal()
                }
            }
            isDone.wait()
            #expect(found.withLock(\.self) == ["notifications/subscriptions/acknowledged", nil])
        }
    }

    @Test("gets messages on the newer of two streams, also where the older begins to listen last")
    func lateListener() throws {
        let mailroom = HookedMailroom()
        let seal = try Seal(keys: [.random(id: 1)])
        nodes.first = try SampleService(seal: seal, isWide: true, mailroom: mailroom)
        nodes.second = try SampleService(seal: seal, isWide: true, mailroom: mailroom)
        try nodes.open("2025-11-25")
        let (second, request) = (nodes.second, nodes.get())
        let newer = Mutex<RecordingChannel?>(nil)
        mailroom.hook.withLock { hook in
            hook = { address in
                guard address.name.hasPrefix("takeover") else { return }
                mailroom.hook.withLock { $0 = nil }
                let channel = second.begin(request)
                newer.withLock { $0 = channel }
                while second.server.openStreamCount == 0 {}
            }
        }
        let older = nodes.first.begin(request)
        #expect(older.wait { !$0.isOpen })
        #expect(newer.withLock(\.self)?.isOpen == true)
    }

    // MARK: Coming back

    @Test("that cancelled its call is told that nothing is left of the stream", arguments: [true, false])
    func cancelled(hasProgress: Bool) throws {
        try nodes.open("2025-11-25")
        let channel = nodes.first.begin(nodes.call("wait", token: hasProgress))
        channel.wait { $0.isStream || !hasProgress }
        let own = nodes.second.begin(nodes.get())
        own.wait { $0.isStream }
        let cancellation = #"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}"#
        while channel.isOpen { _ = nodes.second.answer(nodes.message(cancellation)) }
        for event in channel.events {
            let answer = nodes.second.answer(nodes.get(after: event.id))
            if event == channel.events.last {
                #expect(answer.status == .badRequest)
            } else {
                #expect(SentEvent.all(in: answer.body) == Array(channel.events.dropFirst()))
            }
        }
        #expect(own.isOpen, "The session's own stream is another one")
    }

    @Test("that names a stream that is not there gets no other", arguments: ["nothing.1", "nothing.99", "nothing"])
    func unknown(event: String) throws {
        try nodes.open("2025-11-25")
        let own = nodes.second.begin(nodes.get())
        own.wait { $0.isStream }
        #expect(nodes.first.answer(nodes.get(after: event)).status == .badRequest)
        #expect(own.isOpen)
    }

    @Test("that comes back for a call that still works is one of its open streams, and is ended with them")
    func following() throws {
        try nodes.open("2025-11-25")
        let channel = nodes.first.begin(nodes.call("wait", token: true))
        channel.wait { $0.events.count == 2 }
        let rest = nodes.second.begin(nodes.get(after: channel.events.last?.id))
        while nodes.second.server.openStreamCount == 0 {}
        nodes.second.server.endStreams()
        #expect(!rest.isOpen)
        waitUntilNothingIsOpen(nodes.second)
    }
}

extension StreamMomentTests {
    /// Returns when a node has forgotten its streams: whoever ended one does so after its client has seen the end.
    private func waitUntilNothingIsOpen(_ node: SampleService) {
        while node.server.openStreamCount > 0 { sched_yield() }
    }
}

/// A mailroom in which something happens before somebody begins to receive.
private final class HookedMailroom: Mailroom {
    let hook = Mutex<(@Sendable (Address) -> Void)?>(nil)
    private let inner = LocalMailroom()

    func post(_ letters: [String], to address: Address) { inner.post(letters, to: address) }

    func receive(at address: Address, _ body: @escaping @Sendable (Delivery) -> Void) -> Reception {
        hook.withLock(\.self)?(address)
        return inner.receive(at: address, body)
    }

    var caughtUp: ContinuousClock.Instant? { inner.caughtUp }

    func note(at address: Address) throws(MailroomError) -> [UInt8]? { try inner.note(at: address) }

    func amend<Result>(
        _ address: Address, for lifetime: Duration, _ body: (inout [UInt8]?) -> Result
    ) throws(MailroomError) -> Result { try inner.amend(address, for: lifetime, body) }

    func append(_ event: [UInt8], to address: Address, for lifetime: Duration) throws(MailroomError) -> Int {
        try inner.append(event, to: address, for: lifetime)
    }

    func events(at address: Address, after position: Int) throws(MailroomError) -> [LoggedEvent]? {
        try inner.events(at: address, after: position)
    }
}

/// A client that does something at the first moment at which it can, on a thread of its own once it is told something.
private final class EagerChannel: ResponseChannel, EventSink {
    enum Moment: CaseIterable {
        /// It sees that there is a stream.
        case opened
        /// It has got the first event.
        case told
    }

    private let recording: RecordingChannel
    private let moment: Moment
    private let act: @Sendable () -> Void

    init(_ recording: RecordingChannel, _ moment: Moment, _ act: @escaping @Sendable () -> Void) {
        self.recording = recording
        self.moment = moment
        self.act = act
    }

    func send(_ response: HTTPResponse) { recording.send(response) }

    func open(_ headers: HTTPHeaders) -> any EventSink {
        _ = recording.open(headers)
        if moment == .opened { act() }
        return self
    }

    func onDisconnect(_ body: @escaping @Sendable () -> Void) { recording.onDisconnect(body) }

    var isOpen: Bool { recording.isOpen }

    func send(_ bytes: [UInt8]) -> Bool {
        let isFirst = recording.events.isEmpty
        defer { if isFirst, moment == .told { Thread.detachNewThread(act) } }
        return recording.send(bytes)
    }

    func end() { recording.end() }

    func onClose(_ body: @escaping @Sendable (_ isDisconnected: Bool) -> Void) { recording.onClose(body) }
}
