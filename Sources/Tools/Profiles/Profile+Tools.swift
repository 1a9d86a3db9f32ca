package import Identity

extension Profile {
    /// Whether a tool is listed, before everything that only narrows the list.
    package func lists(_ tool: Tool) -> Bool {
        switch self {
        case .taskTracking: tool.toolset == "core"
        case .core: tool.toolset == "core" || CoreTools.names.contains(tool.name)
        case .workestra: WorkestraTools.names.contains(tool.name)
        case .all, .custom: true
        }
    }

    /// What features call the group of a tool: Workestra's groups for its profile, toolsets otherwise.
    package func group(of tool: Tool) -> String {
        self == .workestra ? WorkestraTools.groupOfTool[tool.name] ?? tool.toolset : tool.toolset
    }
}

/// What the profile `core` lists beside the six tools on tasks.
package enum CoreTools {
    package static let names: Set = [
        "search_all", "search_contacts", "list_contacts", "get_contact", "search_companies", "list_companies",
        "get_company", "list_tickets", "get_ticket", "list_projects", "get_project", "list_tasks", "get_task",
        "search_tools", "describe_tool", "call_read_tool", "call_write_tool", "confirm_action", "cancel_action",
        "whoami",
    ]
}

extension Tool {
    /// The one reason for which a caller does not have a tool.
    package enum Hiding: String, Sendable {
        /// The profile does not list it.
        case profile
        /// The features leave its group out.
        case feature
        /// The workspace's settings leave it out by name, for every credential.
        case workspaceList = "workspace"
        /// The credential's own list leaves it out.
        case ownList = "token"
        /// It was not assigned to the credential's server.
        case server
        /// The credential lacks its permission.
        case permission
        /// It writes, and nothing may be written.
        case readOnly = "read_only"
        /// Other settings of workspace or credential switch it off.
        case setting
        /// The request itself asks for less.
        case request
    }

    /// Why a caller with these settings does not have the tool; `nil` if it does.
    package func hiding(from access: ToolAccess) -> Hiding? {
        // Where writes wait, what confirms and drops them is there whatever narrows the list.
        if effects.endsPendingActions, access.confirmation != .none {
            if access.workspaceList.denied.contains(name) { return .workspaceList }
            if access.ownList.denied.contains(name) { return .ownList }
            if access.readOnly { return .readOnly }
            return access.selection.excluded.contains(name) ? .request : nil
        }
        if !access.profile.lists(self) { return .profile }
        if let features = access.features, !features.contains(access.profile.group(of: self)) { return .feature }
        if !access.workspaceList.names(name) { return .workspaceList }
        if !access.ownList.names(name) { return .ownList }
        if !access.isAssigned(name) { return .server }
        if access.profile == .custom, access.hasNoList { return .ownList }
        if let permission, !access.grants(permission) { return .permission }
        if effects.writes, access.readOnly { return .readOnly }
        if !isOffered(access) { return .setting }
        return isSelected(by: access) ? nil : .request
    }

    /// Whether a request that asks for less leaves the tool in.
    private func isSelected(by access: ToolAccess) -> Bool {
        let selection = access.selection
        return !selection.excluded.contains(name) && selection.tools.allSatisfy { $0.contains(name) }
            && selection.toolsets.allSatisfy { $0.contains(access.profile.group(of: self)) }
    }

    /// Whether a caller with these settings sees the tool and may call it; a hidden tool is neither.
    package func isVisible(to access: ToolAccess) -> Bool { hiding(from: access) == nil }

    /// Whether a caller with these settings may call the tool, listed or not.
    package func isCallable(by access: ToolAccess) -> Bool {
        hiding(from: access) == nil || hiding(from: access) == .profile && hiding(from: access.listingAll) == nil
    }
}

extension ToolRegistry {
    /// Whether a caller with these settings can call a tool, by its name or by way of another.
    package func reaches(_ tool: Tool, with access: ToolAccess) -> Bool {
        tool.isVisible(to: access) || tool.isCallable(by: access) && passesCalls(of: tool, with: access)
    }

    /// Whether a caller with these settings has the tool that passes calls of such a tool on.
    package func passesCalls(of tool: Tool, with access: ToolAccess) -> Bool {
        self[tool.effects.writes ? "call_write_tool" : "call_read_tool"]?.isVisible(to: access) ?? false
    }
}
