import TestSupport
import Testing

@testable import Postgres

@Suite("The time that calls may wait", .timeLimit(.minutes(20)))
struct QueueTimeTests {
    private func configuration(_ queueTime: Duration, url: String = "") -> PoolConfiguration {
        var configuration = PoolConfiguration(url: url)
        configuration.workers = 3
        configuration.backlog = 1000
        configuration.backlogPerTenant = 500
        configuration.queueTime = queueTime
        return configuration
    }

    private func job(_ tenant: String, isPatient: Bool = false) -> Job {
        Job(
            tenant: FairShareKey(tenant), deadline: .now + .seconds(1200), isPatient: isPatient, plan: { .done },
            refuse: { _ in }
        )
    }

    @Test("turns a call away that would wait too long by what calls cost, and tells when to come back")
    func predicted() {
        var state = PoolState(configuration(.milliseconds(20)))
        func submit(_ tenant: String, isPatient: Bool = false) -> PoolState.Admission {
            state.admit(WaitingCall(job(tenant, isPatient: isPatient), waitingAtMost: .milliseconds(20)))
        }
        var accepted = 0
        var refused: Duration?
        while refused == nil {
            if case .full(let wait) = submit("greedy") { refused = wait } else { accepted += 1 }
        }
        // Half a millisecond each until it is known better, two workers of three, and half of the time.
        #expect(accepted == 41)
        #expect(refused == .microseconds(10_250))
        if case .waits = submit("modest") {} else { Issue.record("Another tenant waits for its own calls only.") }
        if case .waits = submit("greedy", isPatient: true) {} else { Issue.record("A patient call has time.") }
    }

    @Test("refuses a call that has waited for too long, and lets a patient one wait for its deadline")
    func overdue() async throws {
        let database = try TestDatabase.make()
        let pool = WorkerPool(configuration(.milliseconds(20), url: database.url(.application)))
        let patient = PendingCall()
        let submission = pool.submit(
            Job(
                tenant: FairShareKey("one"), deadline: .now + .seconds(1200), isPatient: true,
                plan: {
                    .read(["SELECT 'served'"]) { result in
                        patient.end((try? result.get()).map { .answered($0.map(\.firstRow)) } ?? .full)
                    }
                },
                refuse: { patient.end(.refused($0)) }
            )
        )
        #expect(submission == .accepted)
        #expect(await pool.read(["SELECT 1"]) == .refused(.overdue))
        pool.start()
        #expect(await patient.ending == .answered([["served"]]))
    }
}
