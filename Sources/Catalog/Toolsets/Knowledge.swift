import Tools

extension Toolset {
    /// Documents, and what deserves attention.
    static let knowledge = Toolset(
        "knowledge", "Documents, and what deserves attention.",
        [
            .searchKnowledgeBase,
            .get(.document, "knowledge_base", "Returns one document of the knowledge base."),
            .list(.document, "knowledge_base", "Lists documents of the knowledge base, newest first."),
            .aiSuggestions,
            .acknowledgeSuggestion.refusing(
                .notFound, "There is no such suggestion, or its occasion has passed."),
        ]
    )
}
