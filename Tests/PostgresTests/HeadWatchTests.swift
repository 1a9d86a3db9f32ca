import Testing

@testable import Postgres

@Suite("The watch over the call that a connection works on")
struct HeadWatchTests {
    private let start = ContinuousClock.now
    private let limits = Pipeline.Limits()

    @Test("has it stopped when nobody has waited for it for a while, and gives up a server that does not react")
    func cancel() {
        var ledger = PipelineLedger()
        let call = ledger.add(deadline: start + .seconds(60), isAbandoned: { true })
        ledger.expect(.statement(text: "SELECT 1", isLast: true))
        ledger.expect(.synchronisation)
        var watch = HeadWatch()
        #expect(watch.look(at: ledger, now: start, limits) == .wait, "Its caller has not been told")
        ledger.markReported(call)
        let late = start + limits.cancelDelay
        #expect(watch.look(at: ledger, now: late - .nanoseconds(1), limits) == .wait, "It may end by itself")
        #expect(watch.nextAlarm(ledger, limits) == late)
        #expect(watch.look(at: ledger, now: late, limits) == .cancel)
        #expect(watch.look(at: ledger, now: late + .nanoseconds(1), limits) == .wait, "One request is enough")
        #expect(watch.look(at: ledger, now: late + limits.cancelGrace, limits) == .giveUp)
    }
}
