import Testing

@testable import Identity

@Suite("The ledger of usage")
struct UsageLedgerTests {
    private let start = ContinuousClock.now
    private let workspace = WorkspaceID(RowID(uuid: "0199d3c0a1b27c3d8e4f0123456789ab")!)

    private func call(_ credential: RowID, _ outcome: AuditEvent.Outcome = .ok) -> AuditEvent {
        AuditEvent(
            workspace: workspace, credential: credential, action: "tool.call", outcome: outcome, resultBytes: 10, at: 1)
    }

    @Test("has what a quiet credential does due at once, and adds up what a busy one does")
    func busy() throws {
        var ledger = UsageLedger()
        #expect(ledger.isSettled)
        ledger.add(call(workspace.row))
        #expect(!ledger.isSettled)
        #expect(ledger.takeDue(at: start).map(\.calls) == [1])
        #expect(ledger.isSettled && ledger.takeDue(at: start).isEmpty, "Nothing is counted twice")
        for _ in 0..<3 { ledger.add(call(workspace.row)) }
        #expect(ledger.takeDue(at: start + .seconds(19)).isEmpty)
        for outcome in [.error, .denied, .rateLimited] as [AuditEvent.Outcome] {
            ledger.add(call(workspace.row, outcome))
        }
        #expect(!ledger.isSettled)
        let sum = try #require(ledger.takeDue(at: start + .seconds(40)).first)
        #expect(sum.calls == 6 && sum.errors == 1 && sum.denied == 2 && sum.bytes == 60)
    }

    @Test("forgets a credential that has been quiet, and keeps others apart")
    func quiet() throws {
        var ledger = UsageLedger()
        let other = try #require(RowID(uuid: "0199d3c0a1b27c3d8e4f0123456789ac"))
        ledger.add(call(workspace.row))
        _ = ledger.takeDue(at: start)
        ledger.add(call(other))
        #expect(ledger.takeDue(at: start + .seconds(1)).map(\.credential) == [other])
        #expect(ledger.takeDue(at: start + .seconds(40)).isEmpty)
        // It is as new again.
        ledger.add(call(workspace.row))
        #expect(ledger.takeDue(at: start + .seconds(40)).map(\.credential) == [workspace.row])
    }

    @Test("gives up everything at the end")
    func end() {
        var ledger = UsageLedger()
        ledger.add(call(workspace.row))
        _ = ledger.takeDue(at: start)
        ledger.add(call(workspace.row))
        #expect(ledger.takeDue(at: start, all: true).map(\.calls) == [1])
        #expect(ledger.isSettled)
    }
}
