package import Embeddings
package import Tools

/// What this product has: all tools, in listing order, and the resources and prompts that they feed.
package enum Catalog {
    /// The tools, for whoever asks what there is. A service makes a registry of its own.
    package static let registry = registry(Dictionaries())

    /// The registry of one service.
    ///
    /// - Parameters:
    ///   - dictionaries: Where its searches keep the words of workspaces.
    ///   - embeddings: What tells its searches the meaning of a query; `nil` where they compare words alone.
    package static func registry(_ dictionaries: Dictionaries, _ embeddings: QueryEmbeddings? = nil) -> ToolRegistry {
        ToolRegistry(toolsets(dictionaries, embeddings).flatMap(\.tools), resources: Resource.all, prompts: Prompt.all)
    }

    /// Every toolset, in listing order: the six tools of Task Tracking, then all others.
    package static let toolsets = toolsets(Dictionaries(), nil)

    private static func toolsets(_ dictionaries: Dictionaries, _ embeddings: QueryEmbeddings?) -> [Toolset] {
        [
            .core(dictionaries), .contacts(dictionaries), .companies(dictionaries), .deals, .activities, .pipeline,
            .invoicing, .quotations, .tickets, .projects, .tasks, .search(entityList, dictionaries), .analytics,
            .recruiting, .knowledge(embeddings), .workspace, .teams, .platform,
        ]
    }

    /// The names of all toolsets, for the checks of an administrator's lists.
    package static let toolsetNames = toolsets.map(\.name)

    /// The kinds of rows that tools are made for, by name.
    package static let entities: [String: Entity] = Dictionary(
        uniqueKeysWithValues: entityList.map { ($0.name, $0) })

    /// The same in the order in which people are shown them.
    package static let entityList: [Entity] = [
        .contact, .company, .deal, .pipelineStage, .activity, .product, .invoice, .quotation, .expense,
        .ticket, .project, .task, .job, .candidate, .application, .document, .suggestion, .user, .team,
    ]
}
