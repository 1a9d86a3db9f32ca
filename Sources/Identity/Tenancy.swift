package import Postgres

/// The transaction-local setting that row-level security compares with.
package enum Tenancy {
    /// Sets the workspace for the rest of the transaction, without a credential.
    ///
    /// For work that the service does on its own account (audit, import, administration). A call's own statements
    /// never use it: there ``Authenticator/statement(for:session:)`` sets the workspace, and only for a token that
    /// opens it.
    package static func set(_ workspace: WorkspaceID) -> SQL {
        "SELECT set_config('workport.workspace_id', \(workspace.uuid), true)"
    }
}
