import JSON
import MCP

/// Whoever calls.
struct Visitor: Sendable {}

/// Everything that the suite asks for, registered at once.
struct Fixtures: Provider {
    static let scope = "everybody"

    let serverInfo = Implementation(name: "conformance-server", version: "1.0.0", title: "Conformance server")
    let offer = Offer(
        Set(Capability.allCases),
        changingLists: Set(ListKind.allCases),
        hasResourceSubscriptions: true,
        hasTasks: true
    )
    private let changes: ChangeBoard
    private let tools: [String: ToolFixture]

    init(_ changes: ChangeBoard) {
        self.changes = changes
        let all =
            Fixtures.contentTools + Fixtures.askingTools + Fixtures.retryTools + Fixtures.taskTools
            + Fixtures.changingTools(changes) + Fixtures.endlessTools(changes)
        tools = Dictionary(uniqueKeysWithValues: all.map { ($0.description.name, $0) })
    }

    func instructions(for caller: Visitor) -> String? { "Fixtures of the conformance suite." }

    func scopes(of caller: Visitor) -> [String] { [Fixtures.scope] }

    // MARK: Tools

    func tools(for caller: Visitor) -> ToolListing {
        let dummy = changes.hasDummyTool ? [ToolFixture.text("z_dummy", "Comes and goes.") { _, _ in "dummy" }] : []
        let all = Array(tools.values) + dummy
        // The first tool of the list is called without arguments.
        let first = "test_simple_text"
        let sorted = all.map(\.description).sorted { left, right in
            left.name == first || right.name != first && left.name < right.name
        }
        return ToolListing(sorted)
    }

    func prepare(_ call: ToolCallRequest) -> ToolOutcome { .unknownTool }

    func handler(for call: ToolCallRequest) -> Handler<Visitor, ToolResult>? {
        guard let tool = tools[call.name] else { return nil }
        return tool.contract.checking(call) { conversation, _ in try tool.body(call, conversation) }
    }

    func mirroredArguments(of tool: String) -> [MirroredArgument] { tools[tool]?.mirrored ?? [] }

    // MARK: Resources

    func resources(for caller: Visitor) -> [ResourceDescription] {
        [
            ResourceDescription(
                uri: "test://static-text", name: "static-text", title: "A text", description: "A text that stays.",
                mimeType: "text/plain"
            ),
            ResourceDescription(
                uri: "test://static-binary", name: "static-binary", description: "A picture.", mimeType: "image/png"
            ),
            ResourceDescription(
                uri: "test://watched-resource", name: "watched-resource", description: "Something to watch.",
                mimeType: "text/plain"
            ),
        ]
    }

    func resourceTemplates(for caller: Visitor) -> [ResourceTemplate] {
        [
            ResourceTemplate(
                uriTemplate: "test://template/{id}/data", name: "template", description: "Data by id.",
                mimeType: "application/json"
            )
        ]
    }

    // MARK: Prompts

    func prompts(for caller: Visitor) -> [PromptDescription] {
        let dummy = changes.hasDummyPrompt ? [PromptDescription(name: "z_dummy", description: "Comes and goes.")] : []
        return Fixtures.prompts + dummy
    }

    func prepare(_ request: FetchRequest) -> ToolOutcome? { nil }

    func handler(for request: FetchRequest) -> Handler<Visitor, FetchOutcome>? {
        switch request.subject {
        case .resource(let uri): { _, _ in Fixtures.contents(of: uri).map { .resource($0) } ?? .missing }
        case .prompt(let name, let arguments):
            { conversation, _ in try Fixtures.prompt(name, arguments, conversation).map { .prompt($0) } ?? .missing }
        case .completion(let completion): { _, _ in Fixtures.suggestions(for: completion) }
        }
    }
}

/// One tool of the suite.
struct ToolFixture: Sendable {
    let description: ToolDescription
    let contract: ToolContract
    let mirrored: [MirroredArgument]
    let body: @Sendable (ToolCallRequest, Conversation) throws -> ToolResult

    init(
        _ name: String,
        _ sentence: String,
        schema: RawJSON = #"{"type":"object"}"#,
        output: RawJSON? = nil,
        _ body: @escaping @Sendable (ToolCallRequest, Conversation) throws -> ToolResult
    ) {
        description = ToolDescription(
            name: name,
            description: sentence,
            inputSchema: schema,
            outputSchema: output,
            annotations: ToolAnnotations(isReadOnly: true, isDestructive: false, isIdempotent: true, isOpenWorld: false)
        )
        do {
            contract = try ToolContract(description)
            mirrored = try MirroredArgument.all(in: JSONDocument(schema.bytes).root)
        } catch {
            preconditionFailure("The schema of \(name) is wrong: \(error)")
        }
        self.body = body
    }

    /// A tool that gives a text.
    static func text(
        _ name: String,
        _ sentence: String,
        schema: RawJSON = #"{"type":"object"}"#,
        _ body: @escaping @Sendable (ToolCallRequest, Conversation) throws -> String
    ) -> ToolFixture {
        ToolFixture(name, sentence, schema: schema) { ToolResult(text: try body($0, $1)) }
    }
}
