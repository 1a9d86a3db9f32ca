import JSON
import MCP

/// A program that offers everything; its tools end in every way that there is.
struct FuzzProvider: Provider {
    /// Work that is done already, unless it has found out that the client must be asked.
    struct Work: Sendable {
        let tool: ToolOutcome
        let mustAsk: Bool
    }

    let serverInfo = Implementation(name: "fuzzed", version: "1")

    let offer = Offer(
        Set(Capability.allCases), changingLists: Set(ListKind.allCases), hasResourceSubscriptions: true, hasTasks: true
    )

    func instructions(for caller: String) -> String? { nil }

    func scopes(of caller: String) -> [String] { ["all"] }

    // MARK: Tools

    func tools(for caller: String) -> ToolListing { ToolListing(Self.tools, key: "all") }

    func prepare(_ call: ToolCallRequest) -> Work {
        Work(tool: outcome(of: call), mustAsk: call.name == "inquire")
    }

    private func outcome(of call: ToolCallRequest) -> ToolOutcome {
        switch call.name {
        case "echo": .result(ToolResult(structured: call.arguments.raw))
        case "route": .result(ToolResult(text: "routed"))
        case "fail": .result(ToolResult(text: call.requestState ?? "no", isError: true))
        case "inquire", "ask": .missingCapability(required: ["elicitation": ["form": [:]]])
        case "break": .internalError(requestID: "req-1")
        case "refuse": .refused(ProtocolError(.invalidParams, "No"))
        default: .unknownTool
        }
    }

    func handler(for call: ToolCallRequest) -> Handler<String, ToolResult>? {
        switch call.name {
        case "greet":
            { conversation, _ in
                conversation.report(1, of: 2, "Asking")
                conversation.log(.info, ["text": "Asking"], logger: "fuzz")
                let answer = try conversation.ask(.form(message: "Name?", schema: Self.form), as: "name")
                return ToolResult(text: answer.content?["name"]?.string ?? answer.action?.rawValue ?? "nobody")
            }
        case "several":
            { conversation, _ in
                let answers = try conversation.ask([("roots", .roots), ("text", .sample(["messages": []]))])
                return ToolResult(structured: RawJSON(.array(answers.values.map { .raw($0.result.raw) })))
            }
        case "page":
            { conversation, _ in
                try conversation.require(page: "https://example.net/1", "Allow it", id: "one", isDone: false)
                return ToolResult(text: "allowed")
            }
        case "job":
            { conversation, _ in
                try conversation.becomeTask(isRequired: true)
                let answer = try conversation.ask(.form(message: "Name?", schema: Self.form), as: "name")
                return ToolResult(text: answer.content?["name"]?.string ?? "nobody")
            }
        case "hangUp":
            { conversation, _ in
                conversation.releaseConnection()
                return ToolResult(text: "after all")
            }
        case "checked": Self.contract.checking(call) { _, _ in ToolResult(structured: call.arguments.raw) }
        default: nil
        }
    }

    func inquiry(for call: ToolCallRequest) -> Handler<String, ToolResult>? {
        guard call.name == "inquire", call.takesForms else { return nil }
        return { conversation, _ in
            let answer = try conversation.ask(.form(message: "Name?", schema: Self.form), as: "name")
            return try ToolOutcome.result(ToolResult(text: answer.action?.rawValue ?? "")).result(of: call.name)
        }
    }

    func mirroredArguments(of tool: String) -> [MirroredArgument] { tool == "route" ? Self.mirrored : [] }

    private static let form: RawJSON = """
        {"type":"object","properties":{"name":{"type":"string","minLength":1},"born":{"type":"string","format":"date"}},\
        "required":["name"]}
        """

    private static let routeSchema: RawJSON = """
        {"type":"object","properties":{"region":{"type":"string","x-mcp-header":"Region"},\
        "page":{"type":"integer","x-mcp-header":"Page"},"dry":{"type":"boolean","x-mcp-header":"Dry"}}}
        """

    private static let mirrored = try! MirroredArgument.all(in: try! JSONDocument(routeSchema.bytes).root)

    private static let contract = try! ToolContract(
        ToolDescription(
            name: "checked", description: "Is checked.",
            inputSchema: #"{"type":"object","properties":{"n":{"type":"integer"},"s":{"pattern":"^[a-c]+$"}}}"#,
            outputSchema: #"{"type":"object","properties":{"n":{"enum":[1,2]}},"required":["n"]}"#,
            annotations: annotations
        )
    )

    private static let annotations = ToolAnnotations(
        isReadOnly: true, isDestructive: false, isIdempotent: true, isOpenWorld: false
    )

    private static let tools = ["echo", "route", "greet", "checked"].map { name in
        ToolDescription(
            name: name, title: "Tool", description: "Does it.",
            inputSchema: name == "route" ? routeSchema : #"{"type":"object"}"#, outputSchema: #"{"type":"object"}"#,
            annotations: annotations
        )
    }

    // MARK: Resources, prompts, completion

    func resources(for caller: String) -> [ResourceDescription] {
        ["1", "2", "3"].map { ResourceDescription(uri: "fuzz://\($0)", name: $0, title: $0) }
    }

    func resourceTemplates(for caller: String) -> [ResourceTemplate] {
        [ResourceTemplate(uriTemplate: "fuzz://{id}", name: "any")]
    }

    func prompts(for caller: String) -> [PromptDescription] {
        [
            PromptDescription(name: "hello", arguments: [.init("name", isRequired: true), .init("mood")]),
            PromptDescription(name: "asks"), PromptDescription(name: "none"),
        ]
    }

    func prepare(_ request: FetchRequest) -> FetchOutcome? {
        switch request.subject {
        case .resource("fuzz://1"):
            return .resource(ResourceResult([ResourceContents(uri: "fuzz://1", body: .text("one"))]))
        case .resource("fuzz://2"):
            return .resource(
                ResourceResult([ResourceContents(uri: "fuzz://2", body: .blob(base64: "AAAA"))], ttl: .seconds(1)))
        case .resource("fuzz://break"): return .internalError(requestID: "req-2")
        case .resource: return nil
        case .prompt("hello", let arguments):
            return .prompt(PromptResult([.init(.user, .text("Hello \(arguments["name"] ?? "")"))]))
        case .prompt: return .missing
        case .completion(let request):
            return .completion(
                Completion((0..<5).map { "\(request.value)\($0)" } + request.context.keys.sorted(), total: 9))
        }
    }

    func handler(for request: FetchRequest) -> Handler<String, FetchOutcome>? {
        guard case .prompt("asks", _) = request.subject else { return nil }
        return { conversation, _ in
            let answer = try conversation.ask(.form(message: "Name?", schema: Self.form), as: "name")
            return .prompt(PromptResult([.init(.assistant, .json((answer.content ?? answer.result).raw))]))
        }
    }
}
