package import Identity
package import JSON
package import Postgres

/// One thing that an assistant can do in a workspace.
package struct Tool: Sendable {
    /// What a call does to the world; clients see it as the four annotation hints.
    package struct Effects: Sendable {
        /// Changes rows; hidden under read-only.
        package let writes: Bool
        /// May remove or overwrite what was there.
        package let destroys: Bool
        /// The same call twice has the effect of one.
        package let isIdempotent: Bool
        /// Reaches beyond the workspace.
        package let reachesOut: Bool
        /// Changes many rows at once.
        package var isBulk = false
        /// Is shown before it is done where risky writes are.
        package var waits = false
        /// Whether it is ever shown before it is done; what confirms, drops or only passes on another call is not.
        package var isConfirmed = true

        package static let reading = Effects(writes: false, destroys: false, isIdempotent: true, reachesOut: false)
        package static let adding = Effects(writes: true, destroys: false, isIdempotent: false, reachesOut: false)
        package static let changing = Effects(writes: true, destroys: false, isIdempotent: true, reachesOut: false)
        package static let deleting = Effects(writes: true, destroys: true, isIdempotent: true, reachesOut: false)
        /// The same fields of many rows.
        package static let changingMany = Effects(
            writes: true, destroys: false, isIdempotent: true, reachesOut: false, isBulk: true, waits: true)
        /// Does what another call was going to do.
        package static let confirming = Effects(
            writes: true, destroys: true, isIdempotent: false, reachesOut: false, isConfirmed: false)
        /// Changes only what the credential itself has waiting.
        package static let dropping = Effects(
            writes: true, destroys: false, isIdempotent: true, reachesOut: false, isConfirmed: false)
    }

    /// How a call is answered.
    package enum Body: Sendable {
        /// Statements and a function from their rows to the answer; it never talks to the database itself.
        case read(@Sendable (ToolCall) throws(ToolError) -> Read)
        /// Runs in a transaction of its own, in which the caller has been authenticated.
        case write(@Sendable (ToolCall, Principal, borrowing Transaction) throws -> WriteOutcome)
    }

    package let name: String
    package let title: String
    package let description: String
    /// The group that features and profiles name.
    package private(set) var toolset = "core"
    package let effects: Effects
    /// What a credential must be allowed to do to have the tool; `nil` if its workspace's and its own settings tell.
    package let permission: Permission?
    package let parameters: [Parameter]
    /// The schema of a successful result's structured content.
    package let output: JSONValue
    /// Whether a caller with these settings has the tool at all, beside lists and read-only.
    package let isOffered: @Sendable (ToolAccess) -> Bool
    /// A sentence behind the description that depends on the caller's settings.
    package let note: (@Sendable (ToolAccess) -> String)?
    /// What the person may be asked before a call runs.
    package let inquiry: Inquiry?
    package let body: Body

    package init(
        name: String,
        title: String,
        description: String,
        effects: Effects,
        permission: Permission? = nil,
        parameters: [Parameter],
        output: JSONValue,
        isOffered: @escaping @Sendable (ToolAccess) -> Bool = { _ in true },
        note: (@Sendable (ToolAccess) -> String)? = nil,
        inquiry: Inquiry? = nil,
        body: Body
    ) {
        self.name = name
        self.title = title
        self.description = description
        self.effects = effects
        self.permission = permission
        self.parameters = parameters
        self.output = output
        self.isOffered = isOffered
        self.note = note
        self.inquiry = inquiry
        self.body = body
    }

    /// The one reason for which a caller does not have a tool.
    package enum Hiding: String, Sendable {
        /// The profile does not list its toolset.
        case profile
        /// The features leave its toolset out.
        case feature
        /// An allow list leaves it out, or a deny list names it.
        case list
        /// The credential lacks its permission.
        case permission
        /// It writes, and nothing may be written.
        case readOnly = "read_only"
        /// Other settings of workspace or credential switch it off.
        case setting
    }

    /// Why a caller with these settings does not have the tool; `nil` if it does.
    package func hiding(from access: ToolAccess) -> Hiding? {
        if !access.profile.shows(toolset: toolset) { return .profile }
        if !access.shows(toolset: toolset) { return .feature }
        if !access.names(name) { return .list }
        if let permission, !access.grants(permission) { return .permission }
        if effects.writes, access.readOnly { return .readOnly }
        return isOffered(access) ? nil : .setting
    }

    /// Whether a caller with these settings may call the tool, listed or not.
    package func isCallable(by access: ToolAccess) -> Bool {
        switch hiding(from: access) {
        case nil, .profile: hiding(from: access.listingAll) == nil
        default: false
        }
    }

    /// Whether a caller with these settings sees the tool and may call it; a hidden tool is neither.
    package func isVisible(to access: ToolAccess) -> Bool { hiding(from: access) == nil }

    /// The same tool in a group.
    func grouped(in toolset: String) -> Tool {
        var tool = self
        tool.toolset = toolset
        return tool
    }
}

/// A group of tools that are switched together, such as `contacts`.
package struct Toolset: Sendable {
    package let name: String
    /// In listing order.
    package let tools: [Tool]

    package init(_ name: String, _ tools: [Tool]) {
        self.name = name
        self.tools = tools.map { $0.grouped(in: name) }
    }
}
