import Identity
import Synchronization
import Testing

@testable import Gateway

@Suite("The tally of refusals")
struct RefusalTallyTests {
    @Test("tells each workspace's number once, and those beyond the first many as one")
    func sums() throws {
        let told = Mutex<[(WorkspaceID?, Int)]>([])
        let tally = RefusalTally { workspace, count in told.withLock { $0.append((workspace, count)) } }
        let workspaces = try (0..<70).map { number in
            let digits = String(number, radix: 16)
            return try #require(WorkspaceID("wsp_" + String(repeating: "0", count: 32 - digits.count) + digits))
        }
        for workspace in workspaces { tally.add(workspace) }
        for _ in 0..<9 { tally.add(workspaces[0]) }
        tally.tellAll()
        tally.tellAll()
        let found = told.withLock(\.self)
        #expect(found.count == 65)
        #expect(found.first { $0.0 == workspaces[0] }?.1 == 10)
        #expect(found.first { $0.0 == nil }?.1 == 6)
    }
}
