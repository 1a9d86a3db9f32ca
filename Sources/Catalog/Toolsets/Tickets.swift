import Tools

extension Toolset {
    /// What customers ask for, and what is said about it.
    static let tickets = Toolset(
        "tickets", "What customers ask for, and what is said about it.",
        [
            .list(.ticket, "tickets", "Lists support tickets by status, priority, assignee, SLA state; newest first."),
            .get(
                .ticket, "tickets",
                "Returns one ticket with its conversation (newest first), how it stands with its SLA, and what it belongs to."
            ),
            .create(.ticket, "tickets", "Creates a support ticket; the SLA policy follows from its priority."),
            .update(.ticket, "tickets", "Changes the given fields of a ticket; the SLA follows a changed priority."),
        ]
    )
}
