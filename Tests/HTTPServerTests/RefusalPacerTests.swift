import Testing

@testable import HTTPServer

@Suite("The pacer of refusals")
struct RefusalPacerTests {
    private static let millisecond: Int64 = 1_000_000

    private func pacer(
        every interval: Int64 = 10, burst: Int = 2, longest: Int64 = 60_000, bound: Int = 100
    ) -> RefusalPacer<Int> {
        RefusalPacer(
            interval: interval * Self.millisecond, burst: burst, longest: longest * Self.millisecond, bound: bound
        )
    }

    /// What leaves until a time, in milliseconds.
    private func due(_ pacer: inout RefusalPacer<Int>, at time: Int64) -> [Int] {
        var found: [Int] = []
        while let element = pacer.popDue(time * Self.millisecond) { found.append(element) }
        return found
    }

    @Test("lets few leave at once and holds a crowd to the pace")
    func pace() {
        var pacer = pacer()
        for number in 0..<5 { pacer.add(number, now: 0) }
        #expect(due(&pacer, at: 0) == [0, 1])
        #expect(pacer.count == 3 && pacer.next == 10 * Self.millisecond)
        #expect(due(&pacer, at: 9) == [])
        #expect(due(&pacer, at: 10) == [2])
        #expect(due(&pacer, at: 30) == [3, 4])
        #expect(pacer.next == nil)
    }

    @Test("lets a burst leave at once again after a pause")
    func pause() {
        var pacer = pacer()
        for number in 0..<3 { pacer.add(number, now: 0) }
        #expect(due(&pacer, at: 500) == [0, 1, 2])
        for number in 3..<6 { pacer.add(number, now: 500 * Self.millisecond) }
        #expect(due(&pacer, at: 500) == [3, 4])
    }

    @Test("spreads a crowd evenly, so that it does not come back at once")
    func spread() {
        var pacer = pacer(every: 5, burst: 1)
        for number in 0..<60 { pacer.add(number, now: 0) }
        let left = (0...30).map { due(&pacer, at: Int64($0) * 10).count }
        #expect(left[0] == 1 && left[1...29].allSatisfy { $0 == 2 } && left[30] == 1)
    }

    @Test("makes nobody wait for what has left early")
    func early() {
        var pacer = pacer(burst: 1, bound: 2)
        for number in 0..<50 {
            pacer.add(number, now: 0)
            _ = due(&pacer, at: 0)
        }
        #expect(pacer.count == 2)
        pacer.add(50, now: 0)
        #expect(due(&pacer, at: 40) == [48, 49, 50])
    }

    @Test("holds none for longer than it may: a crowd that is too large for the pace leaves faster")
    func longest() {
        var pacer = pacer(burst: 1, longest: 40)
        for number in 0..<50 { pacer.add(number, now: 0) }
        #expect(due(&pacer, at: 30) == [0, 1, 2, 3])
        #expect(due(&pacer, at: 40) == Array(4..<50))
        for number in 50..<52 { pacer.add(number, now: 40 * Self.millisecond) }
        #expect(due(&pacer, at: 40) == [50])
        #expect(pacer.next == 50 * Self.millisecond)
    }

    @Test("holds no more than it may: the oldest leaves early")
    func bound() {
        var pacer = pacer(burst: 1, bound: 2)
        for number in 0..<5 { pacer.add(number, now: 0) }
        #expect(due(&pacer, at: 0) == [0, 1, 2])
        #expect(pacer.count == 2)
    }

    @Test("gives everything back when all is to leave")
    func all() {
        var pacer = pacer(burst: 1)
        for number in 0..<3 { pacer.add(number, now: 0) }
        #expect(due(&pacer, at: 0) == [0])
        #expect(pacer.popAll() == [1, 2])
        #expect(pacer.count == 0 && pacer.next == nil)
    }

    @Test("keeps the order of a long stream")
    func order() {
        var pacer = pacer(every: 1, burst: 1, bound: 10_000)
        var left: [Int] = []
        for number in 0..<2000 {
            pacer.add(number, now: Int64(number) * Self.millisecond / 2)
            left += due(&pacer, at: Int64(number) / 2)
        }
        #expect(left.count < 1100)
        left += due(&pacer, at: 3000)
        #expect(left == Array(0..<2000))
    }
}
