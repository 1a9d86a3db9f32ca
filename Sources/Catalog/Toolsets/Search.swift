import Tools

extension Toolset {
    /// Searches over several kinds of rows.
    static func search(_ entities: [Entity], _ dictionaries: Dictionaries) -> Toolset {
        Toolset("search", "Searches over several kinds of rows.", [.searchAll(entities, with: dictionaries)])
    }
}
