import Identity
import Postgres
import Tools

extension Tool {
    /// Moves an application to another stage.
    static let updateApplicationStatus = Tool(
        name: "update_application_status",
        title: "Update application status",
        description: """
            Moves an application to another stage: by application_id, or by candidate_id and job_id. reason is kept in \
            the history; if_stage refuses the change if the application is in another stage by now.
            """,
        effects: .changing,
        permission: .update("candidates"),
        parameters: [
            Parameter("application_id", .identifier(prefix: "app"), "").terse,
            Parameter("candidate_id", .identifier(prefix: "can"), "").terse,
            Parameter("job_id", .identifier(prefix: "job"), "").terse,
            Parameter("stage", .choice(Application.stages), "", isRequired: true),
            Parameter("reason", .text(maximum: 1000), "").terse,
            Parameter("if_stage", .choice(Application.stages), ""),
        ] + RowWrite.parameters,
        output: RowWrite.output,
        body: .write { call, principal, transaction in
            let application = try application(of: call, transaction)
            return try RowWrite(.application, .update(.row(application)), call, principal).run(transaction)
        }
    )

    /// The application that a call names, one way or the other.
    private static func application(of call: ToolCall, _ transaction: borrowing Transaction) throws -> RowID {
        let arguments = call.arguments
        switch (arguments.row("application_id"), arguments.row("candidate_id"), arguments.row("job_id")) {
        case (let application?, nil, nil): return application
        case (nil, let candidate?, let job?):
            let rows = try transaction.query(
                """
                SELECT a.id FROM applications AS a
                WHERE a.workspace_id = \(call.workspace) AND a.candidate_id = \(candidate)::uuid
                    AND a.job_id = \(job)::uuid AND a.deleted_at IS NULL
                """)
            guard let application = rows.string(0, 0).flatMap(RowID.init(uuid:)) else {
                throw ToolError(
                    .notFound, "There is no application of this candidate for this job in this workspace.",
                    hint: "get_candidate tells a candidate's applications.")
            }
            return application
        default:
            throw ToolError(problems: [
                .init("application_id", "Give `application_id`, or `candidate_id` and `job_id`, and not both.")
            ])
        }
    }
}
