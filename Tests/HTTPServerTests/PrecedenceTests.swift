import Glibc
import Testing

@testable import HTTPServer

@Suite("The precedence of the server's thread")
struct PrecedenceTests {
    /// The nice value of the calling thread.
    private var nice: Int32 { getpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0) }

    @Test("is taken while more sockets have something than the loop looks at, if the system allows it, and given back")
    func crowd() {
        let usual = nice
        var precedence = LoopPrecedence(most: 64)
        for reported in [64, 64, 64, 63, 0, 64, 64, 64] {
            #expect(precedence.update(reported: reported) == nil && !precedence.isTaken)
        }
        guard precedence.update(reported: 64) == nil else {
            // Asked for once, and not again.
            for _ in 0..<10 { #expect(precedence.update(reported: 64) == nil && !precedence.isTaken) }
            #expect(nice == usual)
            return
        }
        #expect(precedence.isTaken && nice == max(-20, usual - 10))
        for reported in [64, 17, 64] {
            #expect(precedence.update(reported: reported) == nil && precedence.isTaken)
        }
        #expect(precedence.update(reported: 16) == nil)
        #expect(!precedence.isTaken && nice == usual)
    }
}
