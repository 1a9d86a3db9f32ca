package import Tools

/// What this product has: all tools, in listing order, and the resources and prompts that they feed.
package enum Catalog {
    /// The registry that every part of the program shares.
    package static let registry = ToolRegistry(taskTracking, resources: Resource.all, prompts: Prompt.all)

    /// The six tools of the Task Tracking system.
    private static let taskTracking: [Tool] = [
        .workspaceSummary, .listWorkspaceTasks, .searchWorkspaceTasks, .getTaskDetails, .listTaskComments,
        .addCustomerComment,
    ]
}
