import Postgres

/// What a credential was used for, in minutes, hours and months.
enum UsageCount {
    /// What one credential did.
    private struct Sum {
        var calls: Int64 = 0
        var errors: Int64 = 0
        var denied: Int64 = 0
        var bytes: Int64 = 0
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

    /// The statement that counts calls of one workspace, under the time at which it runs.
    ///
    /// One row for each credential and span, whatever the number of calls; in one order, so that nodes that count the same
    /// credentials wait for each other instead of getting into each other's way.
    static func adding(_ events: [AuditEvent], in workspace: WorkspaceID) -> SQL {
        var sums: [String: Sum] = [:]
        for event in events {
            var sum = sums[event.credential.digits] ?? Sum()
            sum.calls += 1
            switch event.outcome {
            case .error: sum.errors += 1
            case .denied, .rateLimited: sum.denied += 1
            case .ok, .pending, .confirmed, .undone: break
            }
            sum.bytes += event.resultBytes
            sums[event.credential.digits] = sum
        }
        let told = sums.sorted { $0.key < $1.key }
        return """
            INSERT INTO usage_counters AS u (workspace_id, credential_id, span, starts_at, calls, errors, denied, bytes_out)
            SELECT c.workspace_id, c.id, s.span, date_trunc(s.span, now(), 'UTC'), e.calls, e.errors, e.denied, e.bytes
            FROM unnest(\(told.map(\.key))::text[], \(told.map(\.value.calls))::bigint[],
                \(told.map(\.value.errors))::bigint[], \(told.map(\.value.denied))::bigint[],
                \(told.map(\.value.bytes))::bigint[]) AS e(credential, calls, errors, denied, bytes)
            JOIN credentials AS c ON c.workspace_id = \(workspace.uuid)::uuid AND c.id = e.credential::uuid
            CROSS JOIN unnest(ARRAY['hour', 'minute', 'month']) AS s(span)
            ORDER BY c.id, s.span
            ON CONFLICT (workspace_id, credential_id, span, starts_at) DO UPDATE SET
                calls = u.calls + EXCLUDED.calls, errors = u.errors + EXCLUDED.errors,
                denied = u.denied + EXCLUDED.denied, bytes_out = u.bytes_out + EXCLUDED.bytes_out
            """
    }
}
