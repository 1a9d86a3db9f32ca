import JSON
import Tools

extension Entity {
    /// What somebody did or will do about a customer: a call, a meeting, a note.
    static let activity: Entity = .init(
        "activity", plural: "activities", prefix: "act", table: "activities",
        meaning: "A call, e-mail, meeting, task or note about a customer or deal.",
        title: "subject",
        fields: [
            Field("type", .choice(activityTypes)).required.filtered,
            Field("subject", .text(300)).required,
            Field("body", .text(20_000)).unlisted,
            Field("status", .choice(["planned", "completed", "cancelled"])).filtered,
            Field("outcome", .choice(activityOutcomes)),
            Field("outcome_note", .text(4000)).unlisted,
            Field("due_at", .moment).filtered,
            Field("completed_at", .moment).computed,
            Field("duration", .integer(0...31_536_000), "Seconds."),
            Field("contact", .reference { .contact }).filtered,
            Field("company", .reference { .company }).filtered,
            Field("deal", .reference { .deal }).filtered,
            Field("owner", .member).required.filtered,
        ],
        orders: [.newest],
        // An e-mail is logged in the words of whoever wrote it.
        untrusted: [.name("subject"), "body", "outcome_note"],
        consequences: Consequences(
            problems: { arguments, isNew in
                guard isNew, arguments.has("outcome"), arguments.text("status") != "completed" else { return [] }
                return [.init("outcome", "`outcome` is for an activity that is done: `status` must be `completed`.")]
            },
            before: { change, _, _ in
                guard change.record["status"]?.string == "cancelled" else { return }
                throw ToolError(
                    .transitionNotAllowed, "The activity was cancelled; it cannot be completed. Nothing was changed.",
                    hint: "Log what was done with create_activity and status completed.")
            })
    )

    static var activityTypes: [String] { ["call", "email", "meeting", "task", "note"] }

    /// What became of an activity.
    static var activityOutcomes: [String] {
        ["reached", "no_answer", "left_message", "rescheduled", "not_interested", "won", "other"]
    }
}
