import Postgres

extension AuditTrail {
    /// The statement that appends events of several workspaces, each with its chain's next link, and counts calls under the
    /// time at which it runs; see migration 0037.
    ///
    /// - Parameters:
    ///   - events: In the order of their workspaces, so that nodes that write for the same ones wait for each other at most.
    ///   - sums: In the same order.
    static func statement(appending events: [AuditEvent], counting sums: [UsageCount.Sum]) -> SQL {
        var workspaces: [String] = []
        var places: [Int64] = []
        for event in events {
            if workspaces.last != event.workspace.uuid { workspaces.append(event.workspace.uuid) }
            places.append(Int64(workspaces.count))
        }
        let keys = events.map { RowID(at: $0.at, random: .random(in: 0...(.max))).digits }
        func numbers(_ number: (UsageCount.Sum) -> Int64) -> SQL {
            "\(BinaryArray(integers: sums.map(number)))::bigint[]"
        }
        return """
            SELECT write_audit_trail(
                \(BinaryArray(uuids: workspaces))::uuid[],
                \(BinaryArray(integers: places))::bigint[], \(BinaryArray(uuids: keys))::uuid[], \(AuditColumns(events).arrays),
                \(BinaryArray(uuids: sums.map(\.workspace.uuid)))::uuid[],
                \(BinaryArray(uuids: sums.map(\.credential.digits)))::uuid[],
                \(numbers(\.calls)), \(numbers(\.errors)), \(numbers(\.denied)), \(numbers(\.bytes))
            )
            """
    }
}
