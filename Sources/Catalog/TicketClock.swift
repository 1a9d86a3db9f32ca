import Identity
import Postgres
import Tools

/// The times agreed for a ticket, and how it stands with them.
///
/// The database works out when a reply and the resolution are due, with every write of a ticket and every message; how the
/// clocks run is told there, at `settle_ticket`. What is left is to compare with the present.
enum TicketClock {
    /// The number of a ticket `t` as people write it.
    static let number = Entity.number("t.number", counting: "TKT-")

    static let states = ["on_track", "warning", "breached", "none"]

    /// How a ticket `t` stands: what was late stays `breached`.
    static let state = """
        (CASE WHEN t.sla_policy_id IS NULL THEN 'none'
            WHEN coalesce(t.first_response_at, t.resolved_at, now()) > t.response_due_at
                OR coalesce(t.clock_stopped_at, now()) > t.resolution_due_at THEN 'breached'
            WHEN t.first_response_at IS NULL AND t.resolved_at IS NULL AND now() > t.response_warning_at
                OR t.resolved_at IS NULL AND coalesce(t.clock_stopped_at, now()) > t.resolution_warning_at THEN 'warning'
            ELSE 'on_track' END)
        """

    /// The same with what it follows from; `NULL` without a policy.
    static let details = """
        (SELECT json_build_object('policy', r.name, 'response_hours', r.response_hours,
            'resolution_hours', r.resolution_hours, 'business_hours_only', r.business_hours_only,
            'pauses_while_waiting', r.pauses_while_waiting, 'response_due_at', rfc3339(t.response_due_at),
            'resolution_due_at', rfc3339(t.resolution_due_at),
            'response_met', CASE WHEN coalesce(t.first_response_at, t.resolved_at) IS NOT NULL
                    OR now() > t.response_due_at
                THEN coalesce(t.first_response_at, t.resolved_at, now()) <= t.response_due_at END,
            'resolution_met', CASE WHEN t.resolved_at IS NOT NULL OR coalesce(t.clock_stopped_at, now()) > t.resolution_due_at
                THEN coalesce(t.clock_stopped_at, now()) <= t.resolution_due_at END,
            'paused_since', CASE WHEN t.resolved_at IS NULL THEN rfc3339(t.clock_stopped_at) END)
            FROM sla_policies AS r WHERE r.workspace_id = t.workspace_id AND r.id = t.sla_policy_id)
        """

    static let filter = Filter(Parameter("sla_state", .choice(states), "")) { arguments, _ in
        arguments.text("sla_state").map { "\(verbatim: state) = \($0)" }
    }

    /// A new ticket's number and where it came in; the policy of its priority, unless the call names one.
    static func assignments(
        _ row: RowID?, _ call: ToolCall, _ transaction: borrowing Transaction
    ) throws -> [Assignment] {
        var assignments: [Assignment] = []
        if row == nil {
            let number = try transaction.query(
                """
                UPDATE workspace_counters AS c SET next_ticket_number = c.next_ticket_number + 1
                WHERE c.workspace_id = \(call.workspace) RETURNING c.next_ticket_number - 1
                """)
            assignments.append(Assignment("number", "\(number.int64(0, 0))::bigint"))
            if !call.arguments.has("channel") { assignments.append(Assignment("channel", "'mcp'")) }
        }
        let isCleared = call.arguments.words("clear")?.contains("sla_policy") == true
        let priority = call.arguments.text("priority") ?? (row == nil ? "medium" : nil)
        if let priority, !isCleared, !call.arguments.has("sla_policy") {
            assignments.append(
                Assignment(
                    "sla_policy_id",
                    """
                    (SELECT p.id FROM sla_policies AS p
                        WHERE p.workspace_id = \(call.workspace) AND p.priority = \(priority) AND p.active
                            AND p.deleted_at IS NULL
                        ORDER BY p.created_at, p.id LIMIT 1)
                    """))
        }
        return assignments
    }

    /// Brings the clocks in line with the ticket.
    static func settle(_ row: RowID, _ transaction: borrowing Transaction) throws {
        _ = try transaction.query("CALL settle_ticket(\(row)::uuid)")
    }
}
