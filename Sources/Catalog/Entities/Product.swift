import Tools

extension Entity {
    /// Something that the workspace sells.
    static let product: Entity = .init(
        "product", plural: "products", prefix: "prd", table: "products",
        meaning: "A product or service that the workspace sells.",
        title: "name",
        fields: [
            Field("sku", .text(100)).filtered,
            Field("name", .text(300)).required,
            Field("description", .text(20_000)).unlisted,
            Field("kind", .choice(["product", "service", "fixed_price", "hourly"])).filtered,
            Field("unit", .text(40)),
            Field("price", .money).required,
            Field("cost", .money).unlisted,
            Field("tax_rate", .decimal(3), "Percent."),
            Field("active", .boolean).filtered,
        ],
        orders: [Order("name", "t.name", type: "text"), .newest, .touched]
    )
}
