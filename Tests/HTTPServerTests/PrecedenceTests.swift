import Glibc
import Testing

@testable import HTTPServer

@Suite("The precedence of the server's thread")
struct PrecedenceTests {
    /// The nice value of the calling thread.
    private var nice: Int32 { getpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0) }

    @Test("is taken when the loop has not rested for two milliseconds, if the system allows it, and given back at rest")
    func behind() {
        let usual = nice
        var precedence = LoopPrecedence()
        let turns: [(milliseconds: Int64, hasRested: Bool)] = [(0, false), (2, false), (3, true), (5, false)]
        for (time, hasRested) in turns {
            #expect(precedence.note(at: time * 1_000_000, hasRested: hasRested) == nil && !precedence.isTaken)
        }
        guard precedence.note(at: 6_000_000, hasRested: false) == nil else {
            // Asked for once, and not again.
            #expect(precedence.note(at: 7_000_000, hasRested: false) == nil && !precedence.isTaken && nice == usual)
            return
        }
        #expect(precedence.isTaken && nice == max(-20, usual - 10))
        #expect(precedence.note(at: 20_000_000, hasRested: false) == nil && precedence.isTaken)
        #expect(precedence.note(at: 21_000_000, hasRested: true) == nil && !precedence.isTaken && nice == usual)
    }
}
