import Postgres

extension AuditTrail {
    /// The statement that appends events of several workspaces, each with its chain's next link, and counts calls under the
    /// time at which it runs; see migration 0037.
    ///
    /// - Parameters:
    ///   - events: In the order of their workspaces, so that nodes that write for the same ones wait for each other at most.
    ///   - sums: In the same order.
    static func statement(appending events: [AuditEvent], counting sums: [UsageCount.Sum]) -> SQL {
        var workspaces: [UUIDKey] = []
        var places: [Int64] = []
        for event in events {
            let workspace = event.workspace.row.key
            if workspaces.last != workspace { workspaces.append(workspace) }
            places.append(Int64(workspaces.count))
        }
        let keys = events.map { RowID(at: $0.at, random: .random(in: 0...(.max))).key }
        func numbers(_ number: (UsageCount.Sum) -> Int64) -> SQL {
            "\(BinaryArray(integers: sums.map(number)))::bigint[]"
        }
        return """
            SELECT write_audit_trail(
                \(BinaryArray(uuids: workspaces))::uuid[],
                \(BinaryArray(integers: places))::bigint[], \(BinaryArray(uuids: keys))::uuid[], \(AuditColumns(events).arrays),
                \(BinaryArray(uuids: sums.map(\.workspace.row.key)))::uuid[],
                \(BinaryArray(uuids: sums.map(\.credential.key)))::uuid[],
                \(numbers(\.calls)), \(numbers(\.errors)), \(numbers(\.denied)), \(numbers(\.bytes))
            )
            """
    }
}
