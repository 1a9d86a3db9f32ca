import MCP
import Synchronization
import Telemetry
import Testing

@Suite("A mailroom")
struct MailroomTests {
    private let clock = ManualClock()
    private let mailroom: LocalMailroom
    private let address = Address(name: "here")

    init() { mailroom = LocalMailroom(clock: clock.wall) }

    /// What arrived somewhere.
    private final class Inbox: Sendable {
        private let deliveries = Mutex<[Delivery]>([])

        var letters: [String] {
            deliveries.withLock { $0.compactMap { if case .letter(let text) = $0 { text } else { nil } } }
        }
        var events: [LoggedEvent] {
            deliveries.withLock { $0.compactMap { if case .event(let event) = $0 { event } else { nil } } }
        }

        func put(_ delivery: Delivery) { deliveries.withLock { $0.append(delivery) } }
    }

    @Test("delivers letters to everybody at an address, for as long as they receive")
    func letters() {
        let (one, two, other) = (Inbox(), Inbox(), Inbox())
        var first: Reception? = mailroom.receive(at: address) { one.put($0) }
        let second = mailroom.receive(at: address) { two.put($0) }
        let third = mailroom.receive(at: Address(name: "there")) { other.put($0) }
        mailroom.post("a", to: address)
        _ = first
        first = nil
        mailroom.post("b", to: address)
        #expect(one.letters == ["a"])
        #expect(two.letters == ["a", "b"])
        #expect(other.letters.isEmpty)
        withExtendedLifetime((second, third)) {}
    }

    @Test("keeps notes until they expire or are taken away")
    func notes() throws {
        let count = try mailroom.amend(address, for: .seconds(10)) { note in
            note = [1]
            return note?.count
        }
        #expect(count == 1)
        clock.advance(by: .seconds(9))
        #expect(try mailroom.note(at: address) == [1])
        try mailroom.amend(address, for: .seconds(10)) { $0?.append(2) }
        clock.advance(by: .seconds(9))
        #expect(try mailroom.note(at: address) == [1, 2])
        clock.advance(by: .seconds(1))
        #expect(try mailroom.note(at: address) == nil)
        try mailroom.amend(address, for: .seconds(10)) { $0 = [3] }
        try mailroom.amend(address, for: .seconds(10)) { $0 = nil }
        #expect(try mailroom.note(at: address) == nil)
    }

    @Test("numbers the events of a log and delivers them as letters, too")
    func logs() throws {
        let inbox = Inbox()
        let reception = mailroom.receive(at: address) { inbox.put($0) }
        #expect(try mailroom.events(at: address, after: 0) == nil)
        for (index, text) in ["a", "b", "c"].enumerated() {
            #expect(try mailroom.append(Array(text.utf8), to: address, for: .seconds(10)) == index + 1)
        }
        #expect(inbox.events.map { String(decoding: $0.bytes, as: UTF8.self) } == ["a", "b", "c"])
        #expect(inbox.events.map(\.position) == [1, 2, 3])
        #expect(try mailroom.events(at: address, after: 1)?.map(\.position) == [2, 3])
        #expect(try mailroom.events(at: address, after: 7)?.isEmpty == true)
        clock.advance(by: .seconds(11))
        #expect(try mailroom.events(at: address, after: 0) == nil)
        withExtendedLifetime(reception) {}
    }
}
