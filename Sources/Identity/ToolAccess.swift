/// What a workspace, a server and a credential together let a caller do; of two settings the stricter one holds.
///
/// Two callers with equal values see the same tools, so the value is also the key under which a rendered list is kept.
package struct ToolAccess: Sendable, Hashable {
    /// No tool that writes may be called.
    package fileprivate(set) var readOnly: Bool
    /// Whether both the workspace and the credential turn customer comments on.
    package let customerComments: Bool
    /// How many facts about a customer a comment needs, 0 to 3.
    package let customerCommentFactors: Int
    /// Which tools the workspace's settings leave in by name.
    package let workspaceList: ToolList
    /// The same of the credential's own.
    package let ownList: ToolList
    /// Names that were assigned to the credential's server; `nil` for all, or if it belongs to none.
    package let server: Set<String>?
    /// Which tools are listed at all.
    package private(set) var profile: Profile
    /// Names of permissions, or `nil` for all.
    package let permissions: Set<String>?
    /// Names of toolsets, or `nil` for all of the profile.
    package let features: Set<String>?
    /// Which writes wait for a confirmation.
    package let confirmation: ConfirmationMode
    /// Whether text of people outside the workspace is withheld.
    package fileprivate(set) var lockdown: Bool
    /// What the request asks for less.
    package fileprivate(set) var selection = Selection()

    package init(
        readOnly: Bool,
        customerComments: Bool,
        customerCommentFactors: Int,
        workspaceList: ToolList = ToolList(),
        ownList: ToolList = ToolList(),
        server: Set<String>? = nil,
        profile: Profile = .taskTracking,
        permissions: Set<String>? = nil,
        features: Set<String>? = nil,
        confirmation: ConfirmationMode = .none,
        lockdown: Bool = false
    ) {
        self.profile = profile
        self.permissions = permissions
        self.features = features
        self.confirmation = confirmation
        self.lockdown = lockdown
        self.readOnly = readOnly
        self.customerComments = customerComments
        self.customerCommentFactors = customerCommentFactors
        self.workspaceList = workspaceList
        self.ownList = ownList
        self.server = server
    }

    /// Whether the credential's server leaves a tool in.
    package func isAssigned(_ tool: String) -> Bool { server?.contains(tool) ?? true }

    /// Whether nobody said by name which tools there are.
    package var hasNoList: Bool { workspaceList.allowed == nil && ownList.allowed == nil && server == nil }

    /// The same with a profile that lists every tool.
    package var listingAll: ToolAccess {
        var access = self
        access.profile = .all
        return access
    }

    package func grants(_ permission: Permission) -> Bool { permissions?.contains(permission.name) ?? true }
}

extension ToolAccess {
    /// The same settings for one request that asks for less.
    package func narrowed(by selection: Selection) -> ToolAccess {
        var access = self
        access.readOnly = readOnly || selection.readOnly
        access.lockdown = lockdown || selection.lockdown
        access.selection = selection
        return access
    }
}

/// Which tools somebody leaves in by name.
package struct ToolList: Sendable, Hashable {
    /// Names that are allowed, or `nil` for all.
    package let allowed: Set<String>?
    /// Names that are denied, allowed or not.
    package let denied: Set<String>

    package init(allowed: Set<String>? = nil, denied: Set<String> = []) {
        self.allowed = allowed
        self.denied = denied
    }

    /// Whether a tool is left in.
    package func names(_ tool: String) -> Bool { !denied.contains(tool) && allowed?.contains(tool) != false }
}

/// Which writes are shown first and done when they are confirmed; the stricter of two settings holds.
package enum ConfirmationMode: String, Sendable, CaseIterable, Comparable {
    case none
    /// Writes that may remove something, change many rows, or are marked.
    case risky
    case allWrites = "all_writes"

    private var strictness: Int { Self.allCases.firstIndex(of: self) ?? 0 }

    package static func < (one: ConfirmationMode, other: ConfirmationMode) -> Bool {
        one.strictness < other.strictness
    }
}

/// Which tools a credential lists, before everything that only narrows it.
package enum Profile: String, Sendable, CaseIterable {
    /// The six tools on tasks, their customers and comments.
    case taskTracking = "tasktracking"
    /// What most assistants need, and a way to everything else.
    case core
    /// The 63 tools of Workestra.
    case workestra
    /// Every tool.
    case all
    /// The tools that were assigned to the credential's server, or that an allow list names.
    case custom

    /// What holds for a credential that has no setting of its own.
    package var confirmation: ConfirmationMode {
        switch self {
        case .taskTracking, .workestra: .none
        case .core, .all, .custom: .risky
        }
    }
}
