import Tools

extension Toolset {
    /// What belongs to no kind of row: taking back, and what a credential can do.
    static let platform = Toolset(
        "platform", "What belongs to no kind of row: taking back, and what a credential can do.",
        [
            .confirmAction
                .refusing(.confirmUnknown, "Nothing waits under this token for this credential.")
                .refusing(.confirmExpired, "Its ten minutes are over.")
                .refusing(.confirmUsed, "The write was done before.")
                .refusing(.confirmCancelled, "The write was dropped.")
                .refusing(.confirmStale, "What it is about was changed since; the details hold a new preview.")
                .refusing(.permissionDenied, "The credential may not call that tool any more."),
            .cancelAction
                .refusing(.confirmUnknown, "Nothing waits under this token for this credential.")
                .refusing(.confirmUsed, "The write was done before."),
            .listPendingActions,
            .getPendingAction.refusing(.confirmUnknown, "Nothing waits under this name for this credential."),
            .undoAction
                .refusing(
                    .notFound, "The token is of no write of this credential, was used, or its seven days are over."
                )
                .refusing(.versionConflict, "The row was changed since; nothing was undone.")
                .refusing(.permissionDenied, "The credential may not call the tool whose write would be undone."),
            .searchTools, .describe.refusing(.notFound, "There is no tool of that name."),
            .callRead.passingOnRefusals, .callWrite.passingOnRefusals, .whoAmI, .getUsage,
            .describeEntity.refusing(.notFound, "There is no such kind of row, or it may not be read."),
            .getChanges,
            .requestAccess.refusing(.notFound, "There is no tool or permission of that name."),
        ])
}

extension Tool {
    /// What is refused of every call that is passed on, before the called tool refuses anything.
    fileprivate var passingOnRefusals: Tool {
        refusing(.notFound, "There is no tool of that name.")
            .refusing(.permissionDenied, "The credential lacks that tool's permission.")
            .refusing(.readOnly, "That tool writes, and nothing may be written here.")
            .refusing(
                .toolDisabled,
                "That tool is switched off for this workspace, the credential's server or the credential.")
    }
}
