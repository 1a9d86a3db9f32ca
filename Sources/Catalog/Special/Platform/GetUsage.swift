import Identity
import JSON
import Policy
import Postgres
import Tools

extension Tool {
    /// How much this credential was used.
    static let getUsage = Tool(
        name: "get_usage",
        title: "Get usage",
        description:
            "Tells this credential's calls in this minute, hour and month, how they ended, and what limits leave.",
        effects: .reading,
        parameters: [],
        output: ["type": "object", "properties": ["item": ["type": "object"]], "required": ["item"]],
        body: .read { (call) throws(ToolError) in
            let statement: SQL = """
                SELECT coalesce(json_object_agg(s.span, json_build_object(
                    'starts_at', rfc3339(s.starts_at), 'calls', coalesce(n.calls, 0), 'errors', coalesce(n.errors, 0),
                    'denied', coalesce(n.denied, 0), 'bytes_out', coalesce(n.bytes_out, 0),
                    'tokens_out_estimate', coalesce(n.bytes_out, 0) / 4) ORDER BY s.place), '{}'::json)
                FROM (
                    SELECT p.span, p.place, date_trunc(p.span, now(), 'UTC') AS starts_at
                    FROM unnest(ARRAY['minute', 'hour', 'month']) WITH ORDINALITY AS p(span, place)
                ) AS s
                LEFT JOIN credentials AS k
                    ON k.workspace_id = \(call.workspace) AND k.secret_digest = \(call.credential.digest.bytes)::bytea
                LEFT JOIN LATERAL (\(UsageCount.inWindow)) AS n ON true
                """
            return Read([statement, taken(call)]) { (results, principal) throws(ToolError) in
                var taken: [String: Int64] = [:]
                for row in 0..<results[1].rowCount {
                    if let meter = results[1].string(row, 0) { taken[meter] = results[1].int64(row, 1) }
                }
                let limits = principal.limits.described { meter, limit in
                    [JSONMember("remaining", .integer(max(0, Int64(limit) - (taken[meter.rawValue] ?? 0))))]
                }
                let spans = RawJSON(results[0].bytes(0, 0) ?? Array("{}".utf8))
                return ToolAnswer(RawJSON(["item": ["spans": .raw(spans), "limits": limits]]))
            }
        }
    )

    /// What nodes have taken of the windows that are open, this call among it.
    private static func taken(_ call: ToolCall) -> SQL {
        """
        SELECT c.meter, c.taken FROM credential_calls AS c
        JOIN credentials AS k ON k.workspace_id = c.workspace_id AND k.id = c.credential_id
        WHERE c.workspace_id = \(call.workspace) AND k.secret_digest = \(call.credential.digest.bytes)::bytea
            AND c.starts_at = date_trunc(split_part(c.meter, '_', 2), clock_timestamp(), 'UTC')
        UNION ALL
        SELECT c.meter, c.taken FROM server_calls AS c
        JOIN credentials AS k ON k.workspace_id = c.workspace_id AND k.server_id = c.server_id
        WHERE c.workspace_id = \(call.workspace) AND k.secret_digest = \(call.credential.digest.bytes)::bytea
            AND c.starts_at = date_trunc(split_part(c.meter, '_', 2), clock_timestamp(), 'UTC')
        UNION ALL
        SELECT c.meter, c.taken FROM workspace_calls AS c
        WHERE c.workspace_id = \(call.workspace)
            AND c.starts_at = date_trunc(split_part(c.meter, '_', 2), clock_timestamp(), 'UTC')
        """
    }
}
