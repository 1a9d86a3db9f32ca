import Tools

extension Toolset {
    /// The pipeline itself, and how the business with customers stands.
    static let pipeline = Toolset(
        "pipeline", "The pipeline itself, and how the business with customers stands.",
        [
            .list(
                .pipelineStage, "pipeline",
                "Lists the stages of the pipeline in order, with probability and won/lost flags."),
            .crmDashboard,
        ])
}
