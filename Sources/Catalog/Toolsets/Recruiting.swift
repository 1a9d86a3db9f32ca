import Tools

extension Toolset {
    /// Jobs, candidates and how applications go.
    static let recruiting = Toolset(
        "recruiting",
        [
            .list(.job, "jobs", "Lists job offers by status, department; newest first."),
            .get(.job, "jobs", "Returns one job offer with its stages; include adds its applications."),
            .list(.candidate, "candidates", "Lists candidates by job, stage, status; newest first."),
            .get(.candidate, "candidates", "Returns one candidate with all applications and their history."),
            .updateApplicationStatus,
            .recruitingMetrics,
        ]
    )
}
