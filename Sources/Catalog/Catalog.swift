package import Tools

/// What this product has: all tools, in listing order, and the resources and prompts that they feed.
package enum Catalog {
    /// The tools, for whoever asks what there is. A service makes a registry of its own.
    package static let registry = registry(Dictionaries())

    /// The registry of one service.
    ///
    /// - Parameter dictionaries: Where its searches keep the words of workspaces.
    package static func registry(_ dictionaries: Dictionaries) -> ToolRegistry {
        ToolRegistry(taskTracking(dictionaries), resources: Resource.all, prompts: Prompt.all)
    }

    /// The six tools of the Task Tracking system.
    private static func taskTracking(_ dictionaries: Dictionaries) -> [Tool] {
        [
            .workspaceSummary, .listWorkspaceTasks, .searchWorkspaceTasks(with: dictionaries), .getTaskDetails,
            .listTaskComments, .addCustomerComment,
        ]
    }
}
