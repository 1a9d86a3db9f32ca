package import Tools

/// What this product has: all tools, in listing order.
package enum Catalog {
    /// The registry that every part of the program shares.
    package static let registry = ToolRegistry(taskTracking)

    /// The six tools of the Task Tracking system.
    private static let taskTracking: [Tool] = [
        .workspaceSummary, .listWorkspaceTasks, .searchWorkspaceTasks, .getTaskDetails, .listTaskComments,
        .addCustomerComment,
    ]
}
