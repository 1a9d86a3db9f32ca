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

        package static let reading = Effects(writes: false, destroys: false, isIdempotent: true, reachesOut: false)
        package static let adding = Effects(writes: true, destroys: false, isIdempotent: false, reachesOut: false)
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
    package let effects: Effects
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
        self.parameters = parameters
        self.output = output
        self.isOffered = isOffered
        self.note = note
        self.inquiry = inquiry
        self.body = body
    }

    /// Whether a caller with these settings sees the tool and may call it; a hidden tool is neither.
    package func isVisible(to access: ToolAccess) -> Bool {
        access.names(name) && !(effects.writes && access.readOnly) && isOffered(access)
    }
}
