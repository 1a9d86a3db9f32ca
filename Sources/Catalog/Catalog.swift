package import Tools

/// What this product has: all tools, in listing order, and the resources and prompts that they feed.
package enum Catalog {
    /// The tools, for whoever asks what there is. A service makes a registry of its own.
    package static let registry = registry(Dictionaries())

    /// The registry of one service.
    ///
    /// - Parameter dictionaries: Where its searches keep the words of workspaces.
    package static func registry(_ dictionaries: Dictionaries) -> ToolRegistry {
        ToolRegistry(
            taskTracking(dictionaries) + toolsets(dictionaries).flatMap(\.tools), resources: Resource.all,
            prompts: Prompt.all)
    }

    /// Every toolset beside the six tools of Task Tracking, in listing order.
    private static func toolsets(_ dictionaries: Dictionaries) -> [Toolset] {
        [
            .contacts(dictionaries), .companies(dictionaries), .deals, .activities, .pipeline, .invoicing, .quotations,
            .tickets, .projects, .tasks, .search(entityList, dictionaries), .analytics, .recruiting, .knowledge,
            .workspace, .teams, .platform,
        ]
    }

    /// The names of all toolsets, for the checks of an administrator's lists.
    package static let toolsetNames = ["core"] + toolsets(Dictionaries()).map(\.name)

    /// The kinds of rows that tools are made for, by name.
    package static let entities: [String: Entity] = Dictionary(
        uniqueKeysWithValues: entityList.map { ($0.name, $0) })

    /// The same in the order in which people are shown them.
    static let entityList: [Entity] = [
        .contact, .company, .deal, .pipelineStage, .activity, .product, .invoice, .quotation, .expense,
        .ticket, .project, .task, .job, .candidate, .application, .document, .suggestion, .user, .team,
    ]

    /// The six tools of the Task Tracking system.
    private static func taskTracking(_ dictionaries: Dictionaries) -> [Tool] {
        [
            .workspaceSummary, .listWorkspaceTasks, .searchWorkspaceTasks(with: dictionaries), .getTaskDetails,
            .listTaskComments, .addCustomerComment,
        ]
    }
}
