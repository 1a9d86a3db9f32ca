import Tools

extension Toolset {
    /// The six tools of the Task Tracking system.
    static func core(_ dictionaries: Dictionaries) -> Toolset {
        Toolset(
            "core", "Tasks, their customers and comments: the six tools of the Task Tracking system.",
            [
                .workspaceSummary, .listWorkspaceTasks, .searchWorkspaceTasks(with: dictionaries),
                .getTaskDetails.refusing(.notFound, "There is no such task in this workspace."),
                .listTaskComments.refusing(.notFound, "There is no such task in this workspace."),
                .addCustomerComment
                    .refusing(.notFound, "There is no such task, and the check of facts is switched off.")
                    .refusing(
                        .verificationFailed,
                        "The facts do not belong to the task's customer, the task is not there, or too many checks failed."
                    ),
            ]
        )
    }
}
