import Tools

extension Toolset {
    /// What belongs to no kind of row: taking back, and what a credential can do.
    static let platform = Toolset(
        "platform",
        [
            .confirmAction, .cancelAction, .listPendingActions, .getPendingAction, .undoAction, .searchTools,
            .describe, .callRead, .callWrite, .whoAmI, .getUsage, .describeEntity, .getChanges,
            .requestAccess,
        ])
}
