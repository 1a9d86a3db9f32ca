package import JSON

/// A call of a tool, its parameters checked as far as the protocol goes.
package struct ToolCallRequest: Sendable {
    /// The tool's name as the client wrote it.
    package let name: String
    /// The arguments: an object, empty if the client sent none.
    package let arguments: JSONNode
    /// What the client said besides the parameters, if anything.
    package let meta: JSONNode?
    /// The token under which the client wants to hear of progress.
    package let progressToken: MessageID?
    /// How much the client wants to hear while this call runs; `nil` for nothing.
    package let logLevel: MessageLevel?
    /// The client's answers to what the server asked in the result before; an object of objects.
    package let inputResponses: JSONNode?
    /// What the server gave the client to bring back. To be trusted as little as any argument.
    package let requestState: String?
    /// The client, and what it can do.
    package let client: Client
    /// The revision in which the result will be written.
    package let revision: Revision
    /// Whether the person behind the client can be asked to fill in a form while the call runs: the client has declared
    /// it, and there is a way to ask.
    package let takesForms: Bool
}
