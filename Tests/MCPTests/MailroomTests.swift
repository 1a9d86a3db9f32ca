import MCP
import Synchronization
import Telemetry
import Testing

@Suite("A mailroom")
struct MailroomTests {
    private let clock = ManualClock()
    private let mailroom: LocalMailroom
    private let address = Address(rawValue: "here")

    init() { mailroom = LocalMailroom(clock: clock.wall) }

    /// What arrived somewhere.
    private final class Inbox: Sendable {
        private let letters = Mutex<[Letter]>([])

        var texts: [String] { letters.withLock { $0.map { String(decoding: $0.bytes, as: UTF8.self) } } }
        var positions: [Int?] { letters.withLock { $0.map(\.position) } }

        func put(_ letter: Letter) { letters.withLock { $0.append(letter) } }
    }

    @Test("delivers letters to everybody at an address, for as long as they receive")
    func letters() {
        let (one, two, other) = (Inbox(), Inbox(), Inbox())
        var first: Reception? = mailroom.receive(at: address) { one.put($0) }
        let second = mailroom.receive(at: address) { two.put($0) }
        let third = mailroom.receive(at: Address(rawValue: "there")) { other.put($0) }
        mailroom.post(Array("a".utf8), to: address)
        _ = first
        first = nil
        mailroom.post(Array("b".utf8), to: address)
        #expect(one.texts == ["a"])
        #expect(two.texts == ["a", "b"])
        #expect(other.texts.isEmpty)
        withExtendedLifetime((second, third)) {}
    }

    @Test("keeps notes until they expire or are taken away")
    func notes() {
        let count = mailroom.amend(address, for: .seconds(10)) { note in
            note = [1]
            return note?.count
        }
        #expect(count == 1)
        clock.advance(by: .seconds(9))
        #expect(mailroom.note(at: address) == [1])
        mailroom.amend(address, for: .seconds(10)) { $0?.append(2) }
        clock.advance(by: .seconds(9))
        #expect(mailroom.note(at: address) == [1, 2])
        clock.advance(by: .seconds(1))
        #expect(mailroom.note(at: address) == nil)
        mailroom.amend(address, for: .seconds(10)) { $0 = [3] }
        mailroom.amend(address, for: .seconds(10)) { $0 = nil }
        #expect(mailroom.note(at: address) == nil)
    }

    @Test("numbers the events of a log and delivers them as letters, too")
    func logs() {
        let inbox = Inbox()
        let reception = mailroom.receive(at: address) { inbox.put($0) }
        #expect(mailroom.events(at: address, after: 0) == nil)
        for (index, text) in ["a", "b", "c"].enumerated() {
            #expect(mailroom.append(Array(text.utf8), to: address, for: .seconds(10)) == index + 1)
        }
        #expect(inbox.texts == ["a", "b", "c"])
        #expect(inbox.positions == [1, 2, 3])
        #expect(mailroom.events(at: address, after: 1)?.map(\.position) == [2, 3])
        #expect(mailroom.events(at: address, after: 7)?.isEmpty == true)
        clock.advance(by: .seconds(11))
        #expect(mailroom.events(at: address, after: 0) == nil)
        withExtendedLifetime(reception) {}
    }
}
