/// Who is calling: a credential of one workspace, for which the database vouched in this very transaction.
///
/// A class, for a call hands it on many times.
package final class Principal: Sendable {
    /// The workspace that the token opens, which is the one in the path.
    package let workspace: WorkspaceID
    /// What the database has opened to the policies when it had checked the token; empty for nothing.
    package let opened: String
    /// The credential's key.
    package let credential: RowID
    /// The member for whom the credential acts, if it acts for one.
    package let member: RowID?
    /// The server to which the credential belongs, if it belongs to one.
    package let server: RowID?
    /// What this caller may see and call.
    package let access: ToolAccess
    /// When the credential ends, in microseconds since 1970, if an end is set.
    package let endsAt: Int64?
    /// How many times another workspace's share of the workers its workspace has.
    package let weight: Int
    /// How many calls of tools it, its server and its workspace may make.
    package let limits: CallLimits

    package init(
        workspace: WorkspaceID,
        opened: String = "",
        credential: RowID,
        member: RowID?,
        server: RowID? = nil,
        access: ToolAccess,
        endsAt: Int64? = nil,
        weight: Int = 1,
        limits: CallLimits = CallLimits()
    ) {
        self.workspace = workspace
        self.opened = opened
        self.credential = credential
        self.member = member
        self.server = server
        self.access = access
        self.endsAt = endsAt
        self.weight = weight
        self.limits = limits
    }
}
