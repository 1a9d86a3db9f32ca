import Tools

extension Entity {
    /// Members who work together.
    static let team: Entity = .init(
        "team", plural: "teams", prefix: "tea", table: "teams",
        meaning: "Members who work together.",
        title: "name",
        fields: [
            Field("name", .text(200)).required,
            Field("description", .text(2000)),
            Field("lead", .member).filtered,
            Field("members", .members(table: "team_members", row: "team_id")),
        ],
        filters: [.member("member", table: "team_members", row: "team_id")],
        orders: [.newest, Order("name", "t.name", type: "text")]
    )
}
