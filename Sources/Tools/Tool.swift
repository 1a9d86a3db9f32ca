package import Identity
package import JSON
package import Postgres

/// One thing that an assistant can do in a workspace.
package struct Tool: Sendable {
    /// What a call does to the world; clients see it as the four annotation hints.
    package struct Effects: Sendable, Equatable {
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
        /// Ends a write that waits, so it is there wherever one may wait.
        package var endsPendingActions = false

        /// Whether calls are counted apart, up to a limit of their own: they do much at once, or what cannot be called back.
        package var isSensitive: Bool { writes && (isBulk || reachesOut || self == .confirming) }

        package static let reading = Effects(writes: false, destroys: false, isIdempotent: true, reachesOut: false)
        package static let adding = Effects(writes: true, destroys: false, isIdempotent: false, reachesOut: false)
        package static let changing = Effects(writes: true, destroys: false, isIdempotent: true, reachesOut: false)
        package static let deleting = Effects(writes: true, destroys: true, isIdempotent: true, reachesOut: false)
        /// The same fields of many rows.
        package static let changingMany = Effects(
            writes: true, destroys: false, isIdempotent: true, reachesOut: false, isBulk: true, waits: true)
        /// Does what another call was going to do.
        package static let confirming = Effects(
            writes: true, destroys: true, isIdempotent: false, reachesOut: false, isConfirmed: false,
            endsPendingActions: true)
        /// Changes only what the credential itself has waiting.
        package static let dropping = Effects(
            writes: true, destroys: false, isIdempotent: true, reachesOut: false, isConfirmed: false,
            endsPendingActions: true)
        /// Makes the call of another tool, which has effects of its own.
        package static let passingOn = Effects(
            writes: true, destroys: true, isIdempotent: false, reachesOut: false, isConfirmed: false)
        /// The same for calls that only read.
        package static let passingOnReads = Effects(
            writes: false, destroys: false, isIdempotent: true, reachesOut: false, isConfirmed: false)
        /// Asks people for something; changes no row of theirs.
        package static let asking = Effects(
            writes: true, destroys: false, isIdempotent: true, reachesOut: false, isConfirmed: false)

        /// The same, shown before it is done where risky writes are.
        package var shown: Effects {
            var effects = self
            effects.waits = true
            return effects
        }
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
    /// The kind of row that it is made from, if it is a generated one.
    package private(set) var entity: Entity?
    /// The refusals that its parameters do not tell; see ``refusals``.
    private(set) var specialRefusals: [ToolRefusal] = []
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

    /// The same tool in a group.
    func grouped(in toolset: String) -> Tool {
        var tool = self
        tool.toolset = toolset
        return tool
    }

    /// The same tool, made from a kind of row.
    package func about(_ entity: Entity) -> Tool {
        var tool = self
        tool.entity = entity
        return tool
    }

    /// The same tool, whose documentation tells of a refusal that its parameters do not tell.
    package func refusing(_ code: ToolError.Code, _ meaning: String) -> Tool {
        var tool = self
        tool.specialRefusals.append(ToolRefusal(code, meaning))
        return tool
    }
}

/// A group of tools that are switched together, such as `contacts`.
package struct Toolset: Sendable {
    package let name: String
    /// What its tools are for, in one sentence.
    package let purpose: String
    /// In listing order.
    package let tools: [Tool]

    package init(_ name: String, _ purpose: String, _ tools: [Tool]) {
        self.name = name
        self.purpose = purpose
        self.tools = tools.map { $0.grouped(in: name) }
    }
}
