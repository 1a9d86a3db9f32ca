import Testing

@testable import Embeddings

@Suite("The breaker")
struct BreakerTests {
    private let start = ContinuousClock.now

    @Test("lets nobody through after a failure, then one, and everybody once that went well")
    func course() {
        var breaker = Breaker()
        let both = [breaker.admits(at: start), breaker.admits(at: start)]
        #expect(both == [true, true])
        breaker.fail(at: start)
        // The others that were under way say nothing new.
        breaker.fail(at: start)
        #expect(breaker.admits(at: start + .milliseconds(999)) == false)
        #expect(breaker.admits(at: start + .seconds(1)) == true)
        #expect(breaker.admits(at: start + .seconds(1)) == false, "One finds out for all")
        breaker.succeed()
        let all = [breaker.admits(at: start + .seconds(1)), breaker.admits(at: start + .seconds(1))]
        #expect(all == [true, true])
    }

    @Test("waits longer each time, up to a minute")
    func backoff() {
        var breaker = Breaker()
        var now = start
        for pause in [1, 2, 4, 8, 16, 32, 60, 60, 60] {
            #expect(breaker.admits(at: now) == true)
            breaker.fail(at: now)
            #expect(breaker.admits(at: now + .seconds(pause) - .milliseconds(1)) == false)
            now += .seconds(pause)
        }
    }

    @Test(
        "waits as long as the other side asks, within five minutes", arguments: [(0, 1), (30, 30), (86_400, 300)])
    func retryAfter(asked: Int, held: Int) {
        var breaker = Breaker()
        breaker.fail(at: start, retryAfter: .seconds(asked))
        #expect(breaker.admits(at: start + .seconds(held) - .milliseconds(1)) == false)
        #expect(breaker.admits(at: start + .seconds(held)) == true)
    }
}
