/// The program behind the protocol: who may see what, and what a request becomes.
package protocol Provider: Sendable {
    /// Somebody whose token has been checked.
    associatedtype Caller: Sendable
    /// What a call of a tool becomes before it is known who calls: statements, or a write.
    associatedtype Work: Sendable
    /// What a request for something that is no tool becomes before it is known who calls.
    associatedtype Fetch: Sendable = Work

    /// How the server introduces itself.
    var serverInfo: Implementation { get }

    /// What the server declares; everything else is "method not found".
    var offer: Offer { get }

    /// How the server is best used, for the model of a caller.
    func instructions(for caller: Caller) -> String?

    // MARK: Tools

    /// The tools that a caller sees, in listing order.
    func tools(for caller: Caller) -> ToolListing

    /// Turns a call into work, without talking to anybody.
    ///
    /// Called for every name that has no handler: whether there is such a tool, and whether the caller may see it, is
    /// told later by ``ToolOutcome/unknownTool``.
    func prepare(_ call: ToolCallRequest) -> Work

    /// What runs a call on a thread of its own, where it may report, log and ask; `nil` for a call that is work.
    func handler(for call: ToolCallRequest) -> Handler<Caller, ToolResult>?

    /// What asks the client on behalf of a call that is work, on a thread of its own.
    ///
    /// It runs when the work has found out, without doing anything, that it needs an answer of the client first; and at
    /// once when a client of the stateless era brings answers. `nil` for a call that needs none, or whose client cannot
    /// be asked: then the work is done without.
    func inquiry(for call: ToolCallRequest) -> Handler<Caller, ToolResult>?

    /// The arguments of a tool that clients of the stateless era repeat in headers.
    func mirroredArguments(of tool: String) -> [MirroredArgument]

    // MARK: Resources, prompts, completion

    /// What there is to read for a caller, in listing order.
    func resources(for caller: Caller) -> [ResourceDescription]

    /// The patterns of addresses for a caller, in listing order.
    func resourceTemplates(for caller: Caller) -> [ResourceTemplate]

    /// The texts that a caller may start from, in listing order.
    func prompts(for caller: Caller) -> [PromptDescription]

    /// Turns a request for a resource, a prompt or suggestions into work; `nil` if there is no such thing for anybody.
    func prepare(_ request: FetchRequest) -> Fetch?

    /// What serves such a request on a thread of its own; `nil` for one that is work.
    func handler(for request: FetchRequest) -> Handler<Caller, FetchOutcome>?

    // MARK: Changes

    /// Whose changes a caller hears of: names that ``MCPServer/announce(_:in:)`` is given.
    func scopes(of caller: Caller) -> [String]

    /// When the caller's credential ends, in microseconds since 1970; its streams end then.
    func expiry(of caller: Caller) -> Int64?
}

/// A function that runs on a thread of its own and may wait.
package typealias Handler<Caller, Value> = @Sendable (Conversation, Caller) throws -> Value

extension Provider {
    /// Tools alone.
    package var offer: Offer { Offer() }

    /// None: a call is work.
    package func handler(for call: ToolCallRequest) -> Handler<Caller, ToolResult>? { nil }

    /// None: a call says all that it needs.
    package func inquiry(for call: ToolCallRequest) -> Handler<Caller, ToolResult>? { nil }

    /// None: most tools need no routing by argument.
    package func mirroredArguments(of tool: String) -> [MirroredArgument] { [] }

    /// Nothing.
    package func resources(for caller: Caller) -> [ResourceDescription] { [] }

    /// Nothing.
    package func resourceTemplates(for caller: Caller) -> [ResourceTemplate] { [] }

    /// Nothing.
    package func prompts(for caller: Caller) -> [PromptDescription] { [] }

    /// Nothing.
    package func prepare(_ request: FetchRequest) -> Fetch? { nil }

    /// None: a request is work.
    package func handler(for request: FetchRequest) -> Handler<Caller, FetchOutcome>? { nil }

    /// Nobody's.
    package func scopes(of caller: Caller) -> [String] { [] }

    /// Never.
    package func expiry(of caller: Caller) -> Int64? { nil }
}
