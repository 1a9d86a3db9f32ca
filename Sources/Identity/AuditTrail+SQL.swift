import Crypto
import Postgres

extension AuditTrail {
    /// The statement that appends events of several workspaces, each with its chain's next link, and counts calls under the
    /// time at which it runs; see migration 0034.
    ///
    /// - Parameters:
    ///   - events: In the order of their workspaces, so that nodes that write for the same ones wait for each other at most.
    ///   - calls: Those that count; their events may have been written already.
    static func statement(appending events: [AuditEvent], counting calls: [AuditEvent]) -> SQL {
        var workspaces: [String] = []
        for event in events where workspaces.last != event.workspace.uuid { workspaces.append(event.workspace.uuid) }
        let sums = UsageCount.sums(of: calls)
        return """
            SELECT write_audit_trail(
                \(workspaces)::uuid[],
                \(events.map(\.workspace.uuid))::uuid[], \(events.map(\.at))::bigint[], \(events.map(\.credential.digits))::uuid[],
                \(events.map { $0.client.name ?? "" })::text[], \(events.map { $0.client.version ?? "" })::text[],
                \(events.map(\.action))::text[], \(events.map { $0.tool ?? "" })::text[],
                \(events.map { $0.entity?.kind ?? "" })::text[], \(events.map { $0.entity?.row.digits ?? "" })::text[],
                \(events.map { $0.changes ?? "" })::text[], \(events.map(\.outcome.rawValue))::text[],
                \(events.map { $0.errorCode ?? "" })::text[],
                \(events.map { $0.argumentsDigest.map { Hex.encode($0) } ?? "" })::text[],
                \(events.map { $0.peer ?? "" })::text[], \(events.map { $0.requestID ?? "" })::text[],
                \(events.map(\.durationMicroseconds))::bigint[], \(events.map(\.resultBytes))::bigint[],
                \(sums.map(\.workspace.uuid))::uuid[], \(sums.map(\.credential.digits))::uuid[],
                \(sums.map(\.calls))::bigint[], \(sums.map(\.errors))::bigint[],
                \(sums.map(\.denied))::bigint[], \(sums.map(\.bytes))::bigint[]
            )
            """
    }
}
