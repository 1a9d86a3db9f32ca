import Identity
import Tools

/// What decides which tools a credential has: its own settings as they are stored, and those of its server and its
/// workspace, which hold beside them.
struct CredentialAccess: Sendable, Equatable {
    var profile: Profile
    var allow: [String]?
    var deny: [String]
    /// Names of permissions; `nil` for all.
    var permissions: [String]?
    /// Names of toolsets; `nil` for all of the profile.
    var features: [String]?
    /// `nil` for what is usual in the profile.
    var confirmation: ConfirmationMode?
    var customerComments: Bool
    let readOnly: Bool
    let server: Server?
    let workspace: WorkspaceAccess

    /// The server to which a credential belongs, with the tools that were assigned to it; `nil` for all.
    struct Server: Sendable, Equatable {
        let handle: String
        let tools: [String]?
    }

    /// A workspace's own settings.
    struct WorkspaceAccess: Sendable, Equatable {
        let allow: [String]?
        let deny: [String]
        let readOnly: Bool
        let customerComments: Bool
    }

    /// All together, as the checks of a call see them.
    var access: ToolAccess {
        ToolAccess(
            readOnly: readOnly || workspace.readOnly, customerComments: customerComments && workspace.customerComments,
            customerCommentFactors: 0,
            workspaceList: ToolList(allowed: workspace.allow.map(Set.init), denied: Set(workspace.deny)),
            ownList: ToolList(allowed: allow.map(Set.init), denied: Set(deny)),
            server: server?.tools.map(Set.init), profile: profile, permissions: permissions.map(Set.init),
            features: features.map(Set.init), confirmation: confirmation ?? profile.confirmation)
    }

    /// The names of the tools that can be called.
    func tools(of registry: ToolRegistry) -> [String] {
        let access = access
        return registry.tools.filter { registry.reaches($0, with: access) }.map(\.name)
    }

    // MARK: Granting

    /// The same settings with a permission.
    func granting(_ permission: Permission) -> CredentialAccess {
        var changed = self
        if let permissions, !permissions.contains(permission.name) {
            changed.permissions = permissions + [permission.name]
        }
        return changed
    }

    /// The same settings, changed only so far that a tool can be called.
    ///
    /// A tool that the profile or the features leave out makes the profile `custom`, with the tools that were listed
    /// before and this one; where the profile lists the tools that pass calls on, nothing has to be listed.
    func granting(_ tool: Tool, of registry: ToolRegistry) throws(AccessRequests.Refusal) -> CredentialAccess {
        var changed = self
        // Each turn takes one of the reasons away for good.
        for _ in registry.tools.indices where !registry.reaches(tool, with: changed.access) {
            try changed.takeAway(changed.reason(against: tool, registry), from: tool, registry)
        }
        return changed
    }

    private func reason(against tool: Tool, _ registry: ToolRegistry) -> Tool.Hiding? {
        let (access, reason) = (access, tool.hiding(from: access))
        guard reason == .profile, registry.passesCalls(of: tool, with: access) else { return reason }
        return tool.hiding(from: access.listingAll)
    }

    private mutating func takeAway(
        _ reason: Tool.Hiding?, from tool: Tool, _ registry: ToolRegistry
    ) throws(AccessRequests.Refusal) {
        switch reason {
        case nil, .request: break
        case .profile, .feature: list(tool, registry)
        case .permission:
            if let permission = tool.permission { self = granting(permission) }
        case .readOnly: throw workspace.readOnly ? .workspaceForbids(tool.name) : .readOnly(tool.name)
        case .workspaceList: throw .workspaceForbids(tool.name)
        case .ownList:
            deny.removeAll { $0 == tool.name }
            if let allow, !allow.contains(tool.name) { self.allow = allow + [tool.name] }
            if allow == nil, profile == .custom { allow = [tool.name] }
        case .server: throw .serverForbids(tool.name, server: server?.handle ?? "")
        case .setting:
            guard workspace.customerComments else { throw .workspaceForbids(tool.name) }
            customerComments = true
        }
    }

    /// Names the tools that are listed, and one more.
    private mutating func list(_ tool: Tool, _ registry: ToolRegistry) {
        let listed = registry.tools.filter { each in
            profile.lists(each) && features?.contains(profile.group(of: each)) != false
                && allow?.contains(each.name) != false
        }
        // What waited for a confirmation, or did not, goes on so.
        confirmation = confirmation ?? profile.confirmation
        allow = listed.map(\.name) + [tool.name]
        features = nil
        profile = .custom
    }
}
