import Tools

extension Entity {
    /// Money that the workspace spent.
    static let expense: Entity = .init(
        "expense", plural: "expenses", prefix: "exp", table: "expenses",
        meaning: "Money spent, by category, on its way to approval.",
        title: "description",
        fields: [
            Field("date", .day).required.filtered,
            Field(
                "category",
                .choice(["travel", "meals", "software", "hardware", "services", "office", "other"])
            ).required.filtered,
            Field("amount", .money).required,
            Field("description", .text(4000)),
            Field("supplier", .reference { .company }).filtered,
            Field("status", .choice(["draft", "submitted", "approved", "rejected", "paid"])).filtered,
            Field("billable", .boolean).filtered,
            Field("submitted_by", .member).filtered,
            Field("decided_by", .member).computed.unlisted,
            Field("reason", .text(1000)).computed.unlisted,
        ],
        orders: [.newest, .touched]
    )
}
