import Postgres

/// What a credential was used for, in minutes, hours and months.
enum UsageCount {
    /// What one credential did.
    struct Sum {
        let workspace: WorkspaceID
        let credential: RowID
        var calls: Int64 = 0
        var errors: Int64 = 0
        var denied: Int64 = 0
        var bytes: Int64 = 0

        mutating func add(_ event: AuditEvent) {
            calls += 1
            switch event.outcome {
            case .error: errors += 1
            case .denied, .rateLimited: denied += 1
            case .ok, .pending, .confirmed, .undone: break
            }
            bytes += event.resultBytes
        }
    }

    /// What each credential did, in any order.
    static func sums(of calls: [AuditEvent]) -> [Sum] {
        var sums: [RowID: Sum] = [:]
        for call in calls {
            sums[call.credential, default: Sum(workspace: call.workspace, credential: call.credential)].add(call)
        }
        return Array(sums.values)
    }

    /// Removes a few counts that nobody asks for any more: minutes of yesterday, hours of the quarter before.
    static func clearing(_ workspace: WorkspaceID) -> SQL {
        """
        DELETE FROM usage_counters WHERE ctid = ANY (ARRAY(
            SELECT u.ctid FROM usage_counters AS u
            WHERE u.workspace_id = \(workspace.uuid)::uuid
                AND (u.span = 'minute' AND u.starts_at < now() - interval '1 day'
                    OR u.span = 'hour' AND u.starts_at < now() - interval '90 days')
            LIMIT 500
            FOR UPDATE SKIP LOCKED
        ))
        """
    }
}
