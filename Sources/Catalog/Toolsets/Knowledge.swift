import Embeddings
import Tools

extension Toolset {
    /// Documents, and what deserves attention.
    ///
    /// - Parameter embeddings: What tells the meaning of a query, if the operator has set that up.
    static func knowledge(_ embeddings: QueryEmbeddings?) -> Toolset {
        Toolset(
            "knowledge", "Documents, and what deserves attention.",
            [
                .searchKnowledgeBase(embeddings),
                .get(.document, "knowledge_base", "Returns one document of the knowledge base."),
                .list(.document, "knowledge_base", "Lists documents of the knowledge base, newest first."),
                .aiSuggestions,
                .acknowledgeSuggestion.refusing(
                    .notFound, "There is no such suggestion, or its occasion has passed."),
            ]
        )
    }
}
