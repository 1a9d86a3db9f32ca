import Testing

@testable import HTTPServer

@Suite("Memory that connections needed")
struct MemoryReturnTests {
    @Test("is given back once, a second after three quarters of many connections are gone")
    func once() {
        var memory = MemoryReturn()
        let turns: [(milliseconds: Int64, connections: Int, isGivenBack: Bool, due: Int64?)] = [
            (0, 4_000, false, nil), (10, 1_001, false, nil),
            // Gone, back again, and gone for good.
            (20, 1_000, false, 1_020), (30, 1_200, false, nil), (40, 900, false, 1_040), (1_039, 10, false, 1_040),
            (1_040, 20, true, nil), (1_041, 20, false, nil), (9_000, 0, false, nil),
        ]
        for turn in turns {
            let now = turn.milliseconds * 1_000_000
            #expect(memory.note(turn.connections, at: now) == turn.isGivenBack, "\(turn)")
            #expect(memory.due == turn.due.map { $0 * 1_000_000 }, "\(turn)")
        }
    }

    @Test("stays where there never were many connections")
    func few() {
        var memory = MemoryReturn()
        for (time, connections) in [1_023, 0, 0, 1_023, 0].enumerated() {
            #expect(!memory.note(connections, at: Int64(time) * 2_000_000_000) && memory.due == nil)
        }
    }
}
