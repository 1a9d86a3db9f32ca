import Tools

extension Toolset {
    /// What was done and is planned about customers.
    static let activities = Toolset(
        "activities", "What was done and is planned about customers.",
        [
            .list(.activity, "activities", "Lists calls, e-mails, meetings, tasks and notes, done and planned."),
            .get(.activity, "activities", "One activity in full."),
            .create(
                .activity, "activities",
                "Logs an activity that is done (status completed), or plans one with due_at."),
            .completeActivity.refusing(.transitionNotAllowed, "The activity was cancelled."),
        ])
}
