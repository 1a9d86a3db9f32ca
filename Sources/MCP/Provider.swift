/// The program behind the protocol: who may see which tools, and what a call becomes.
package protocol Provider: Sendable {
    /// Somebody whose token has been checked.
    associatedtype Caller: Sendable
    /// What a call of a tool becomes before it is known who calls: statements, or a write.
    associatedtype Work: Sendable

    /// How the server introduces itself.
    var serverInfo: Implementation { get }

    /// How the server's tools are best used, for the model of a caller.
    func instructions(for caller: Caller) -> String?

    /// The tools that a caller sees, in listing order.
    func tools(for caller: Caller) -> ToolListing

    /// Turns a call into work, without talking to anybody.
    ///
    /// Called for every name: whether there is such a tool, and whether the caller may see it, is told later by
    /// ``ToolOutcome/unknownTool``.
    func prepare(_ call: ToolCallRequest) -> Work

    /// The arguments of a tool that clients of the stateless era repeat in headers.
    func mirroredArguments(of tool: String) -> [MirroredArgument]
}

extension Provider {
    /// None: most tools need no routing by argument.
    package func mirroredArguments(of tool: String) -> [MirroredArgument] { [] }
}
