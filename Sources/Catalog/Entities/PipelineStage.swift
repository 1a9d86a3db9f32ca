import Tools

extension Entity {
    /// A step on a deal's way; each workspace has its own.
    static let pipelineStage: Entity = .init(
        "pipeline_stage", plural: "pipeline_stages", prefix: "stg", table: "pipeline_stages",
        meaning: "A step of the pipeline that deals go through.",
        title: "name",
        fields: [
            Field("name", .text(100)).required,
            Field("color", .text(20)),
            Field("position", .integer(0...1000)),
            Field("probability", .integer(0...100), "How likely deals here are won, in percent."),
            Field("is_won", .boolean),
            Field("is_lost", .boolean),
        ],
        orders: [Order("position", "t.position", type: "integer")]
    )
}
