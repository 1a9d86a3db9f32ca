import Tools

extension Toolset {
    /// Searches over several kinds of rows.
    static func search(_ entities: [Entity], _ dictionaries: Dictionaries) -> Toolset {
        Toolset("search", [.searchAll(entities, with: dictionaries)])
    }
}
