import Tools

extension Entity {
    /// A text of the knowledge base.
    static let document: Entity = .init(
        "document", plural: "knowledge_base", prefix: "doc", table: "documents",
        meaning: "A text of the knowledge base.",
        title: "title",
        fields: [
            Field("title", .text(300)).required,
            // As much as a result holds whatever the script.
            Field("body", .text(100_000), "Markdown.").computed(
                """
                CASE WHEN char_length(t.body) > 10000 THEN left(t.body, 10000) || U&'\\2026' ELSE t.body END
                """
            ).unlisted,
            Field("body_length", .integer(0...100_000)).computed("char_length(t.body)"),
            Field("source", .choice(["written", "uploaded", "imported"])).kept.filtered,
            Field("category", .text(200)).filtered,
            Field("visibility", .choice(["internal", "public"])).kept.filtered,
            Field("status", .choice(["draft", "published", "archived"])).kept.filtered,
            Field("language", .text(20)),
            Field("helpful", .integer(0...Parameter.largestInteger)).computed.unlisted,
            Field("unhelpful", .integer(0...Parameter.largestInteger)).computed.unlisted,
        ],
        orders: [.newest, .touched, Order("title", "t.title", type: "text")]
    )
}
