import Tools

extension Entity {
    /// What somebody did or will do about a customer: a call, a meeting, a note.
    static let activity: Entity = .init(
        "activity", plural: "activities", prefix: "act", table: "activities",
        meaning: "A call, e-mail, meeting, task or note about a customer or deal.",
        title: "subject",
        fields: [
            Field("type", .choice(["call", "email", "meeting", "task", "note"])).required.filtered,
            Field("subject", .text(300)).required,
            Field("body", .text(20_000)).unlisted,
            Field("status", .choice(["planned", "completed", "cancelled"])).filtered,
            Field(
                "outcome",
                .choice(["reached", "no_answer", "left_message", "rescheduled", "not_interested", "won", "other"])),
            Field("outcome_note", .text(4000)).unlisted,
            Field("due_at", .moment).filtered,
            Field("completed_at", .moment).computed,
            Field("duration", .integer(0...31_536_000), "Seconds."),
            Field("contact", .reference { .contact }).filtered,
            Field("company", .reference { .company }).filtered,
            Field("deal", .reference { .deal }).filtered,
            Field("owner", .member).required.filtered,
        ],
        orders: [.newest]
    )
}
