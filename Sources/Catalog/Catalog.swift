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
            taskTracking(dictionaries) + toolsets.flatMap(\.tools), resources: Resource.all, prompts: Prompt.all)
    }

    /// Every toolset beside the six tools of Task Tracking, in listing order.
    private static let toolsets: [Toolset] = [
        .contacts, .companies, .deals, .activities, .pipeline, .invoicing, .quotations, .analytics, .workspace,
        .platform,
    ]

    /// The names of all toolsets, for the checks of an administrator's lists.
    package static let toolsetNames = ["core"] + toolsets.map(\.name)

    /// The kinds of rows that tools are made for, by name.
    package static let entities: [String: Entity] = Dictionary(
        uniqueKeysWithValues: [
            .contact, .company, .deal, .pipelineStage, .activity, .product, .invoice, .quotation, .expense,
        ].map { ($0.name, $0) })

    /// The six tools of the Task Tracking system.
    private static func taskTracking(_ dictionaries: Dictionaries) -> [Tool] {
        [
            .workspaceSummary, .listWorkspaceTasks, .searchWorkspaceTasks(with: dictionaries), .getTaskDetails,
            .listTaskComments, .addCustomerComment,
        ]
    }
}
