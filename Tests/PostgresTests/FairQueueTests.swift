import Testing

@testable import Postgres

@Suite("The fair queue")
struct FairQueueTests {
    private func queue(_ elements: String, workersPerTenant: Int = 9) -> FairQueue<Character> {
        var queue = FairQueue<Character>(bound: 100, boundPerTenant: 50, workersPerTenant: workersPerTenant)
        for element in elements {
            let isAccepted = queue.append(element, for: key(element))
            #expect(isAccepted)
        }
        return queue
    }

    /// The tenant of an element: its letter, whatever the case.
    private func key(_ element: Character) -> FairShareKey { FairShareKey(element.lowercased()) }

    @Test("takes one of each tenant before a second of any")
    func turns() {
        var queue = queue("aaaabbc")
        let result1 = queue.take(5)
        #expect(String(result1.elements) == "abcab")
        let result2 = queue.take(5)
        #expect(String(result2.elements) == "aa")
        #expect(queue.isEmpty)
    }

    @Test("keeps the order within a tenant")
    func order() {
        var queue = queue("aAbB")
        let result3 = queue.take(4)
        #expect(String(result3.elements) == "abAB")
    }

    @Test("passes a tenant over that holds as many workers as it may")
    func held() {
        var queue = queue("aaab", workersPerTenant: 1)
        let first = queue.take(1)
        #expect(String(first.elements) == "a" && first.holding.map(\.key) == [key("a")])
        #expect(!queue.isEligible(key("a")) && queue.isEligible(key("b")) && queue.mayGive)
        let result4 = queue.take(9)
        #expect(String(result4.elements) == "b")
        #expect(!queue.mayGive, "Only what may not be had is left")
        let result5 = queue.take(9)
        #expect(result5.elements.isEmpty)
        queue.release(first.holding)
        let result6 = queue.take(9)
        #expect(String(result6.elements) == "aa")
    }

    @Test("leaves room beside a tenant while others call, and gives it all of it when they have not for a while")
    func besideOthers() {
        var queue = FairQueue<Int>(
            bound: 100, boundPerTenant: 50, workersPerTenant: 2, workersBesideOthers: 1, batch: 3
        )
        let (a, b) = (FairShareKey("a"), FairShareKey("b"))
        let start = ContinuousClock.now
        for number in 0..<20 { _ = queue.append(number, for: a) }
        queue.note(b, at: start)
        queue.note(a, at: start + .milliseconds(10))
        let first = queue.take(9)
        #expect(first.elements == [0, 1, 2] && first.holding.map(\.count) == [3])
        #expect(!queue.isEligible(a) && queue.isEligible(b))
        let second = queue.take(9)
        #expect(second.elements.isEmpty)
        _ = queue.append(100, for: b)
        let third = queue.take(9)
        #expect(third.elements == [100])
        queue.note(a, at: start + .seconds(1))
        #expect(queue.isEligible(a))
        let fourth = queue.take(9)
        #expect(fourth.elements == Array(3..<12))
        queue.note(b, at: start + .seconds(2))
        queue.release(first.holding)
        #expect(!queue.isEligible(a), "Nine are out")
        queue.release(fourth.holding)
        #expect(queue.isEligible(a))
    }

    /// A queue of which `a` may have twelve elements beside others, and has ninety waiting.
    private func pressed(at start: ContinuousClock.Instant) -> FairQueue<Int> {
        var queue = FairQueue<Int>(
            bound: 1000, boundPerTenant: 500, workersPerTenant: 2, workersBesideOthers: 3, batch: 4
        )
        for number in 0..<90 { _ = queue.append(number, for: FairShareKey("a")) }
        queue.note(FairShareKey("a"), at: start)
        return queue
    }

    @Test("gives a tenant that is turned away a few at a time beside one that is not")
    func turnedAway() {
        let (a, b) = (FairShareKey("a"), FairShareKey("b"))
        let start = ContinuousClock.now
        var queue = pressed(at: start)
        queue.note(b, at: start)
        let first = queue.take(99)
        #expect(first.elements.count == 12, "It has not been turned away")
        queue.release(first.holding)
        queue.noteTurnedAway(a, at: start + .milliseconds(10))
        let second = queue.take(99)
        #expect(second.elements.count == 6 && !queue.isEligible(a) && queue.isEligible(b))
        queue.release(second.holding)
        queue.note(b, at: start + .milliseconds(1010))
        let third = queue.take(99)
        #expect(third.elements.count == 12, "It has not been turned away for a second")
    }

    @Test("gives a tenant that is turned away nothing while it pauses, and others what is theirs")
    func pauses() {
        let (a, b) = (FairShareKey("a"), FairShareKey("b"))
        let start = ContinuousClock.now
        var queue = pressed(at: start)
        queue.note(b, at: start)
        let early = queue.take(4)
        #expect(queue.pause(early.holding).isEmpty, "It has not been turned away")
        queue.release(early.holding)
        let before = queue.wait(for: a)
        queue.noteTurnedAway(a, at: start + .milliseconds(10))
        #expect(queue.wait(for: a) == before * 2, "A flush, and as long nothing")
        let (first, second) = (queue.take(2), queue.take(2))
        let pause = queue.pause(first.holding)
        queue.release(first.holding)
        #expect(pause == [a] && !queue.isEligible(a) && !queue.mayGive)
        let otherPause = queue.pause(second.holding)
        queue.release(second.holding)
        queue.resume(pause)
        #expect(otherPause == [a] && !queue.isEligible(a), "One pause is over, one is not")
        _ = queue.append(100, for: b)
        #expect(queue.mayGive)
        let third = queue.take(9)
        #expect(third.elements == [100])
        #expect(queue.pause(third.holding).isEmpty, "It calls modestly")
        queue.resume(otherPause)
        #expect(queue.isEligible(a) && queue.mayGive)
    }

    @Test("remembers a tenant while it pauses, and forgets it then")
    func forgetsPaused() {
        let (a, b) = (FairShareKey("a"), FairShareKey("b"))
        let start = ContinuousClock.now
        var queue = pressed(at: start)
        queue.note(b, at: start)
        queue.noteTurnedAway(a, at: start + .milliseconds(10))
        let taken = queue.take(2)
        let pause = queue.pause(taken.holding)
        queue.release(taken.holding)
        #expect(queue.remove { _ in true }.count == 88)
        #expect(queue.tenantCount == 1)
        queue.resume(pause)
        #expect(queue.tenantCount == 0)
    }

    @Test("puts nobody who calls modestly into a flush of one who is turned away")
    func apart() {
        let (a, b, c) = (FairShareKey("a"), FairShareKey("b"), FairShareKey("c"))
        let start = ContinuousClock.now
        var queue = pressed(at: start)
        queue.note(b, at: start)
        queue.noteTurnedAway(a, at: start + .milliseconds(10))
        for (place, key) in [b, c].enumerated() { _ = queue.append(100 + place, for: key) }
        // Its turn is first, for it has waited longest.
        let first = queue.take(4)
        #expect(first.elements == [0, 1, 2, 3])
        _ = queue.append(102, for: b)
        let second = queue.take(4)
        #expect(second.elements == [100, 101, 102], "There was room for another one")
        let third = queue.take(4)
        #expect(third.elements == [4, 5])
    }

    @Test("gives a tenant that is turned away all that it may have when no other calls, or none that is served")
    func turnedAwayAlone() {
        let (a, b) = (FairShareKey("a"), FairShareKey("b"))
        let start = ContinuousClock.now
        var queue = pressed(at: start)
        queue.noteTurnedAway(a, at: start + .milliseconds(10))
        let first = queue.take(30)
        #expect(first.elements.count == 30)
        queue.release(first.holding)
        for number in 0..<50 { _ = queue.append(number, for: b) }
        queue.noteTurnedAway(b, at: start + .milliseconds(20))
        queue.note(b, at: start + .milliseconds(30))
        let second = queue.take(99)
        #expect(second.elements.count == 24, "Both are turned away")
        queue.release(second.holding)
        queue.note(FairShareKey("c"), at: start + .milliseconds(40))
        let third = queue.take(99)
        #expect(third.elements.count == 12, "A third is not")
    }

    @Test("does not take a tenant for one that asks too much when it is turned away for what others have waiting")
    func turnedAwayForOthers() {
        let (b, c) = (FairShareKey("b"), FairShareKey("c"))
        let start = ContinuousClock.now
        var queue = pressed(at: start)
        queue.note(c, at: start)
        for number in 0..<3 { _ = queue.append(number, for: b) }
        queue.noteTurnedAway(b, at: start)
        let taken = queue.take(99)
        #expect(taken.elements.count == 15, "Twelve of the one, three of the other")
        let more = queue.append(4, for: b)
        #expect(more && queue.isEligible(b))
        for number in 0..<9 { _ = queue.append(number, for: b) }
        let further = queue.take(99)
        #expect(further.elements.count == 9)
    }

    @Test("gives tenants the same share of the time, whatever their calls cost")
    func costs() {
        var queue = queue("")
        var served: [Character: Int] = [:]
        for element in "ab" { _ = queue.append(element, for: key(element)) }
        for _ in 0..<400 {
            let taken = queue.take(1)
            guard let element = taken.elements.first else { break }
            served[element, default: 0] += 1
            queue.settle(key(element), cost: element == "a" ? 900_000 : 300_000)
            queue.release(taken.holding)
            _ = queue.append(element, for: key(element))
        }
        #expect((95...105).contains(served["a"] ?? 0) && (served["a"] ?? 0) + (served["b"] ?? 0) == 400, "\(served)")
    }

    @Test("gives a tenant as many times another's share as its weight says, as soon as it is known")
    func weights() {
        var queue = queue("")
        var served: [Character: Int] = [:]
        for element in "ab" { _ = queue.append(element, for: key(element)) }
        func serve(_ count: Int) {
            for _ in 0..<count {
                let taken = queue.take(1)
                guard let element = taken.elements.first else { break }
                served[element, default: 0] += 1
                queue.settle(key(element), cost: 600_000)
                queue.release(taken.holding)
                _ = queue.append(element, for: key(element))
            }
        }
        queue.weigh(key("a"), 3)
        serve(400)
        #expect((295...305).contains(served["a"] ?? 0) && served["b"] == 400 - (served["a"] ?? 0), "\(served)")
        queue.weigh(key("a"), 1)
        served = [:]
        serve(400)
        #expect((195...205).contains(served["a"] ?? 0), "\(served)")
        #expect(queue.weights.isEmpty)
    }

    @Test("charges what a call has cost when that is known")
    func settlement() {
        var queue = queue("aabbb")
        let first = queue.take(1)
        #expect(String(first.elements) == "a")
        // It took as long as ten of the others' calls are thought to take.
        queue.settle(key("a"), cost: 5_000_000)
        queue.release(first.holding)
        let second = queue.take(3)
        #expect(String(second.elements) == "bab", "The charge for the call in line was made before")
        queue.release(second.holding)
        for element in "ab" { _ = queue.append(element, for: key(element)) }
        let third = queue.take(3)
        #expect(String(third.elements) == "bba")
    }

    @Test("saves nothing up for a tenant that pauses")
    func pause() {
        var queue = queue("aaaaaaaa")
        let first = queue.take(5)
        #expect(String(first.elements) == "aaaaa")
        for _ in 0..<4 { _ = queue.append("b", for: key("b")) }
        let second = queue.take(6)
        #expect(String(second.elements) == "bababa")
    }

    @Test("forgets tenants that have nothing")
    func forgotten() {
        var queue = queue("")
        for number in 0..<100 {
            _ = queue.append("x", for: FairShareKey("\(number)"))
            let taken = queue.take(1)
            queue.settle(FairShareKey("\(number)"), cost: 700_000)
            queue.release(taken.holding)
        }
        #expect(queue.tenantCount <= 1)
    }

    @Test("tells how long a tenant's next call would wait")
    func wait() {
        var queue = FairQueue<Int>(bound: 100, boundPerTenant: 50, workersPerTenant: 2, cost: 10)
        let (a, b) = (FairShareKey("a"), FairShareKey("b"))
        #expect(queue.wait(for: a) == 0)
        for number in 0..<20 { _ = queue.append(number, for: a) }
        #expect(queue.wait(for: a) == 100, "Its own calls, over the workers that it may have")
        #expect(queue.wait(for: b) == 5, "One of the other tenant's comes first")
        for number in 0..<4 { _ = queue.append(number, for: b) }
        #expect(queue.wait(for: b) == 45)
        #expect(queue.wait(for: a) == 120)
    }

    @Test("takes what one tenant may not have for workers that nobody waits for")
    func waitBesideOthers() {
        var queue = FairQueue<Int>(
            bound: 100, boundPerTenant: 50, workersPerTenant: 3, workersBesideOthers: 1, batch: 4, cost: 10
        )
        let (a, b) = (FairShareKey("a"), FairShareKey("b"))
        for number in 0..<12 { _ = queue.append(number, for: a) }
        #expect(queue.wait(for: a) == 40)
        queue.note(b, at: .now)
        queue.note(a, at: .now)
        #expect(queue.wait(for: a) == 120, "Its own part only, now that somebody else calls")
        for number in 0..<12 { _ = queue.append(number, for: b) }
        #expect(queue.wait(for: a) == 120, "Twice as much waits, for twice as many workers")
    }

    @Test("learns what calls cost in steps, so that one that hung is not taken for the rule")
    func learning() {
        var queue = FairQueue<Int>(bound: 100, boundPerTenant: 50, workersPerTenant: 1, cost: 1000)
        let a = FairShareKey("a")
        for number in 0..<11 { _ = queue.append(number, for: a) }
        _ = queue.take(1)
        queue.settle(a, cost: 60_000_000_000)
        #expect(queue.wait(for: a) < 19_000)
        for _ in 0..<100 { queue.settle(a, cost: 60_000) }
        #expect((550_000...600_000).contains(queue.wait(for: a)))
    }

    @Test("keeps as much room for whoever comes next as each of those has that fill it")
    func room() {
        var queue = FairQueue<Int>(bound: 12, boundPerTenant: 12, workersPerTenant: 1)
        func fill(_ name: String) -> Int {
            var count = 0
            while queue.append(count, for: FairShareKey(name)) { count += 1 }
            return count
        }
        #expect(fill("a") == 6)
        #expect(fill("b") == 3)
        #expect(fill("c") == 2)
        #expect(!queue.hasRoom(for: FairShareKey("a")) && queue.hasRoom(for: FairShareKey("d")))
    }

    @Test("refuses what is beyond the tenant's share or its own bound")
    func bounds() {
        var queue = FairQueue<Int>(bound: 3, boundPerTenant: 2, workersPerTenant: 1)
        let result7 = queue.append(1, for: FairShareKey("a"))
        #expect(result7)
        let result8 = queue.append(2, for: FairShareKey("a"))
        #expect(result8)
        let result9 = queue.append(3, for: FairShareKey("a"))
        #expect(!result9)
        let result10 = queue.append(4, for: FairShareKey("b"))
        #expect(result10)
        let result11 = queue.append(5, for: FairShareKey("c"))
        #expect(!result11)
        let result12 = queue.take(9)
        #expect(result12.elements == [1, 4, 2])
        let result13 = queue.append(6, for: FairShareKey("c"))
        #expect(result13)
    }

    @Test("gives what was put back before what came later")
    func putBack() {
        var queue = queue("aA")
        let taken = queue.take(2)
        queue.release(taken.holding)
        let result14 = queue.append("a", for: key("a"))
        #expect(result14)
        queue.putBack([(key("a"), "1"), (key("a"), "2")])
        #expect(queue.count == 3)
        let result15 = queue.take(9)
        #expect(String(result15.elements) == "12a")
    }

    @Test("lets elements be taken out")
    func remove() {
        var queue = queue("abAB")
        #expect(String(queue.remove { $0.isUppercase }.sorted()) == "AB")
        #expect(queue.count == 2)
        #expect(queue.minimum { $0 } == "a")
        let result16 = queue.take(9)
        #expect(String(result16.elements) == "ab")
        #expect(queue.minimum { $0 } == nil)
    }

    @Test("makes keys of equal bytes equal")
    func keys() {
        #expect(FairShareKey([0, 255, 128]) == FairShareKey([0, 255, 128]))
        #expect(FairShareKey([0, 255, 128]) != FairShareKey([0, 255, 129]))
    }
}
