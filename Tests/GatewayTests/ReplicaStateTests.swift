import Postgres
import Testing

@testable import Gateway

@Suite("A replica's state")
struct ReplicaStateTests {
    private let start = ContinuousClock.now

    @Test("lets reads in as long as looks find it well")
    func lease() {
        var state = ReplicaState()
        #expect(!state.isUsable(at: start))
        #expect(state.seeWell(on: "00000001", at: start) == .isUsed)
        #expect(state.isUsable(at: start + .seconds(2)))
        #expect(!state.isUsable(at: start + .seconds(4)), "Nobody has looked since")
        #expect(state.seeWell(on: "00000001", at: start + .seconds(4)) == .none)
        #expect(state.isUsable(at: start + .seconds(5)))
    }

    @Test("is told once when reads that were under way fail together")
    func failures() {
        var state = ReplicaState()
        _ = state.seeWell(on: "00000001", at: start)
        #expect(state.fail(.lost, at: start) == .isLeftOut(.lost))
        #expect(state.fail(.lost, at: start) == .none)
        #expect(!state.isUsable(at: start))
    }

    @Test("rests the longer the more often it failed in a row")
    func rests() {
        var state = ReplicaState()
        var now = start
        for rest in [1, 2, 4, 8, 16, 30, 30] {
            _ = state.seeWell(on: "00000001", at: now)
            #expect(state.fail(.behind, at: now) == .isLeftOut(.behind))
            #expect(state.seeWell(on: "00000001", at: now + .milliseconds(rest * 1000 - 1)) == .none)
            now += .seconds(rest)
            #expect(state.seeWell(on: "00000001", at: now) == .isUsed)
        }
        state.succeed()
        _ = state.fail(.behind, at: now)
        #expect(state.seeWell(on: "00000001", at: now + .seconds(1)) == .isUsed)
    }

    @Test("knows which log it follows")
    func timelines() {
        var state = ReplicaState()
        _ = state.seeWell(on: "00000001", at: start)
        #expect(state.follows(CommitPosition(place: "0/1", timeline: "00000001")))
        #expect(!state.follows(CommitPosition(place: "0/1", timeline: "00000002")))
    }

    @Test(
        "counts errors that lie in the server, not in the call",
        arguments: [
            ("40001", ReplicaState.Absence.behind), ("57014", .behind), ("57P01", .lost), ("53300", .lost),
            ("22003", nil), ("42501", nil),
        ]
    )
    func errors(code: String, absence: ReplicaState.Absence?) {
        #expect(PostgresError(.server, "", sqlState: SQLState(rawValue: code)).absence == absence)
        #expect(PostgresError(.connectionLost, "").absence == .lost)
        #expect(PostgresError(.timeout, "").absence == nil)
    }
}
