import Identity
import JSON
import Postgres
import Tools

extension Tool {
    /// How much this credential was used.
    static let getUsage = Tool(
        name: "get_usage",
        title: "Get usage",
        description: "Tells how many calls this credential made in this minute, hour and month, and how they ended.",
        effects: .reading,
        parameters: [],
        output: ["type": "object", "properties": ["item": ["type": "object"]], "required": ["item"]],
        body: .read { (call) throws(ToolError) in
            let statement: SQL = """
                SELECT json_build_object('spans', coalesce(json_object_agg(s.span, json_build_object(
                    'starts_at', rfc3339(s.starts_at), 'calls', coalesce(u.calls, 0), 'errors', coalesce(u.errors, 0),
                    'denied', coalesce(u.denied, 0), 'bytes_out', coalesce(u.bytes_out, 0),
                    'tokens_out_estimate', coalesce(u.bytes_out, 0) / 4) ORDER BY s.place), '{}'::json))
                FROM (
                    SELECT p.span, p.place, date_trunc(p.span, now(), 'UTC') AS starts_at
                    FROM unnest(ARRAY['minute', 'hour', 'month']) WITH ORDINALITY AS p(span, place)
                ) AS s
                LEFT JOIN credentials AS c
                    ON c.workspace_id = \(call.workspace) AND c.secret_digest = \(call.credential.digest.bytes)::bytea
                LEFT JOIN usage_counters AS u
                    ON u.workspace_id = c.workspace_id AND u.credential_id = c.id AND u.span = s.span
                        AND u.starts_at = s.starts_at
                """
            return Read([statement]) { (results, _) throws(ToolError) in
                ToolAnswer(RawJSON(["item": .raw(RawJSON(results[0].bytes(0, 0) ?? Array("{}".utf8)))]))
            }
        }
    )
}
