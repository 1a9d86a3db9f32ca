import Tools

extension Toolset {
    /// Jobs, candidates and how applications go.
    static let recruiting = Toolset(
        "recruiting", "Jobs, candidates and how applications go.",
        [
            .list(.job, "jobs", "Lists job offers by status, department; newest first."),
            .get(.job, "jobs", "Returns one job offer with its stages; include adds its applications."),
            .list(.candidate, "candidates", "Lists candidates by job, stage, status; newest first."),
            .get(.candidate, "candidates", "Returns one candidate with all applications and their history."),
            .updateApplicationStatus
                .refusing(.notFound, "There is no such application in this workspace.")
                .refusing(.versionConflict, "The application is not in the stage that `if_stage` names."),
            .recruitingMetrics,
        ]
    )
}
