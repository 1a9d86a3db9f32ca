package import Postgres

/// What a credential was used for, in minutes, hours and months.
///
/// The trail counts a call in the minute in which it writes that, and nowhere else. What is over for some minutes is made into
/// an hour now and then, and added to its month: whoever asks adds the minutes of which no hour was made yet; see ``inWindow``.
package enum UsageCount {
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

    /// One row for the credential `k` of the statement around it, which is evaluated once: as `at` the first minute of which no
    /// hour was made.
    private static let open: SQL = """
        SELECT coalesce(
            (
                SELECT max(h.starts_at) + interval '1 hour' FROM usage_counters AS h
                WHERE h.workspace_id = k.workspace_id AND h.credential_id = k.id AND h.span = 'hour'
            ),
            '-infinity'
        ) AS at OFFSET 0
        """

    /// Everything counted for the credential `k` in the window `s` of the statement around it, in one row: `calls`, `errors`,
    /// `denied` and `bytes_out`. The window has a `span` and its `starts_at`, and is not over.
    package static let inWindow: SQL = """
        SELECT sum(u.calls)::bigint AS calls, sum(u.errors)::bigint AS errors, sum(u.denied)::bigint AS denied,
            sum(u.bytes_out)::bigint AS bytes_out
        FROM (
            SELECT u.* FROM usage_counters AS u
            WHERE u.workspace_id = k.workspace_id AND u.credential_id = k.id AND u.span = s.span AND u.starts_at = s.starts_at
            UNION ALL
            SELECT u.* FROM (\(open)) AS o JOIN usage_counters AS u
                ON u.workspace_id = k.workspace_id AND u.credential_id = k.id AND u.span = 'minute'
                    AND u.starts_at >= greatest(s.starts_at, o.at)
            WHERE s.span <> 'minute'
        ) AS u
        """

    /// Makes hours of the minutes that are over, and adds them to their months.
    ///
    /// An hour is made once, by whoever is first, when no transaction can be left that counts in it. Credentials are locked
    /// against being deleted, for their counts are deleted with them.
    package static func summing(_ workspace: WorkspaceID) -> SQL {
        """
        WITH due AS MATERIALIZED (
            SELECT k.workspace_id, k.id, o.at, date_trunc('hour', now() - interval '5 minutes', 'UTC') AS until
            FROM credentials AS k CROSS JOIN LATERAL (\(open)) AS o
            WHERE k.workspace_id = \(workspace)::uuid AND EXISTS (
                SELECT FROM usage_counters AS u
                WHERE u.workspace_id = k.workspace_id AND u.credential_id = k.id AND u.span = 'minute' AND u.starts_at >= o.at
                    AND u.starts_at < date_trunc('hour', now() - interval '5 minutes', 'UTC')
            )
            FOR KEY SHARE OF k
        ),
        made AS (
            INSERT INTO usage_counters (workspace_id, credential_id, span, starts_at, calls, errors, denied, bytes_out)
            SELECT u.workspace_id, u.credential_id, 'hour', date_trunc('hour', u.starts_at, 'UTC'),
                sum(u.calls), sum(u.errors), sum(u.denied), sum(u.bytes_out)
            FROM due AS k JOIN usage_counters AS u
                ON u.workspace_id = k.workspace_id AND u.credential_id = k.id AND u.span = 'minute'
                    AND u.starts_at < k.until AND u.starts_at >= k.at
            GROUP BY 1, 2, 4
            ON CONFLICT DO NOTHING
            RETURNING *
        )
        INSERT INTO usage_counters AS u (workspace_id, credential_id, span, starts_at, calls, errors, denied, bytes_out)
        SELECT m.workspace_id, m.credential_id, 'month', date_trunc('month', m.starts_at, 'UTC'),
            sum(m.calls), sum(m.errors), sum(m.denied), sum(m.bytes_out)
        FROM made AS m GROUP BY 1, 2, 4 ORDER BY 1, 2, 4
        ON CONFLICT (workspace_id, credential_id, span, starts_at) DO UPDATE SET
            calls = u.calls + EXCLUDED.calls, errors = u.errors + EXCLUDED.errors,
            denied = u.denied + EXCLUDED.denied, bytes_out = u.bytes_out + EXCLUDED.bytes_out
        """
    }

    /// Removes a few counts that nobody asks for any more: minutes of yesterday, hours of the quarter before. Hours have to be
    /// made of the minutes before that.
    static func clearing(_ workspace: WorkspaceID) -> SQL {
        """
        DELETE FROM usage_counters WHERE ctid = ANY (ARRAY(
            SELECT u.ctid FROM usage_counters AS u
            WHERE u.workspace_id = \(workspace)::uuid
                AND (u.span = 'minute' AND u.starts_at < now() - interval '1 day'
                    OR u.span = 'hour' AND u.starts_at < now() - interval '90 days')
            LIMIT 500
            FOR UPDATE SKIP LOCKED
        ))
        """
    }
}
