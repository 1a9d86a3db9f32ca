package import Identity
import MCP

/// Of whose changes a caller hears.
package enum ChangeScope {
    /// Everybody in a workspace.
    package static func workspace(_ workspace: WorkspaceID) -> String { "workspace/" + workspace.uuid }

    /// Everybody who comes with a credential.
    package static func credential(_ credential: RowID) -> String { "credential/" + credential.digits }
}

extension ToolProvider {
    /// The workspace's changes, and those of the caller's own credential.
    package func scopes(of caller: ToolCaller) -> [String] {
        [ChangeScope.workspace(caller.principal.workspace), ChangeScope.credential(caller.principal.credential)]
    }

    /// When the caller's credential ends.
    package func expiry(of caller: ToolCaller) -> Int64? { caller.principal.endsAt }
}
