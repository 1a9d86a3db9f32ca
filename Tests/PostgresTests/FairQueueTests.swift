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
        #expect(String(first.elements) == "a" && first.holding == [key("a")])
        #expect(!queue.isEligible(key("a")) && queue.isEligible(key("b")))
        let result4 = queue.take(9)
        #expect(String(result4.elements) == "b")
        let result5 = queue.take(9)
        #expect(result5.elements.isEmpty)
        queue.release(first.holding)
        let result6 = queue.take(9)
        #expect(String(result6.elements) == "aa")
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
