/// Who is calling: a credential of one workspace, for which the database vouched in this very transaction.
package struct Principal: Sendable {
    /// The workspace that the token opens, which is the one in the path.
    package let workspace: WorkspaceID
    /// The credential's key.
    package let credential: RowID
    /// The member for whom the credential acts, if it acts for one.
    package let member: RowID?
    /// What this caller may see and call.
    package let access: ToolAccess

    package init(workspace: WorkspaceID, credential: RowID, member: RowID?, access: ToolAccess) {
        self.workspace = workspace
        self.credential = credential
        self.member = member
        self.access = access
    }
}
