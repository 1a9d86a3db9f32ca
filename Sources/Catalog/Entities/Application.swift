import Identity
import Postgres
import Tools

extension Entity {
    /// A candidate's way to a job.
    static let application: Entity = .init(
        "application", plural: "applications", prefix: "app", table: "applications",
        meaning: "A candidate's way to a job, from stage to stage.",
        title: "stage",
        fields: [
            Field("candidate", .reference { .candidate }).required.fixed,
            Field("job", .reference { .job }).required.fixed.filtered,
            Field("stage", .choice(Application.stages)).kept.filtered,
            Field("stage_entered_at", .moment).computed,
            Field("score", .integer(0...100)),
            Field("rejected_reason", .text(1000)).computed,
            Field("history", .json).computed(Application.history(of: "t")).unlisted,
        ],
        consequences: Consequences(
            prepare: { row, call, transaction in try Application.assignments(row, call, transaction) },
            after: { row, call, transaction in try Application.note(row, call, transaction) }
        )
    )
}

/// The way of an application from stage to stage.
enum Application {
    static let stages = ["applied", "screening", "interview", "assessment", "offer", "hired", "rejected"]

    /// The stages that the application `r` entered, in order.
    static let history = history(of: "r")

    static func history(of row: String) -> String {
        """
        array_to_json(ARRAY(SELECT row_to_json(h) FROM (
            SELECT k.stage, k.reason, rfc3339(k.at) AS at, m.name AS by FROM application_stage_changes AS k
            LEFT JOIN members AS m ON m.workspace_id = k.workspace_id AND m.id = k.by_id
            WHERE k.workspace_id = \(row).workspace_id AND k.application_id = \(row).id
            ORDER BY k.at, k.id LIMIT 50) AS h))
        """
    }

    /// What a change of stage brings with it. A stage that the caller did not expect is told, and nothing is changed.
    static func assignments(
        _ row: RowID?, _ call: ToolCall, _ transaction: borrowing Transaction
    ) throws -> [Assignment] {
        guard let row, let stage = call.arguments.text("stage") else { return [] }
        let rows = try transaction.query(
            """
            SELECT a.stage FROM applications AS a
            WHERE a.workspace_id = \(call.workspace) AND a.id = \(row)::uuid
            """)
        let current = rows.string(0, 0) ?? ""
        if let expected = call.arguments.text("if_stage"), expected != current {
            throw ToolError(
                .versionConflict, "The application is in stage `\(current)`, not `\(expected)`. Nothing was changed.",
                hint: "Read the candidate again, then send the change with the stage as it is or without if_stage.")
        }
        let reason = stage == "rejected" ? call.arguments.text("reason") : nil
        var assignments: [Assignment] = []
        if stage != current { assignments.append(Assignment("stage_entered_at", "clock_timestamp()")) }
        if stage != current || reason != nil { assignments.append(Assignment("rejected_reason", "\(reason)")) }
        return assignments
    }

    /// Notes the stage where it is a new one.
    static func note(_ row: RowID, _ call: ToolCall, _ transaction: borrowing Transaction) throws {
        _ = try transaction.query(
            """
            INSERT INTO application_stage_changes (workspace_id, application_id, stage, reason, at, by_id)
            SELECT a.workspace_id, a.id, a.stage, \(call.arguments.text("reason")), clock_timestamp(), current_member_id() FROM applications AS a
            WHERE a.workspace_id = \(call.workspace) AND a.id = \(row)::uuid AND a.stage IS DISTINCT FROM (
                SELECT k.stage FROM application_stage_changes AS k
                WHERE k.workspace_id = a.workspace_id AND k.application_id = a.id
                ORDER BY k.at DESC, k.id DESC LIMIT 1)
            """)
    }
}
