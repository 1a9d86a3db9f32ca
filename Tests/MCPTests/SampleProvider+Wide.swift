import JSON
import MCP
import Synchronization

/// What the sample program has beside tools that are work.
extension SampleProvider {
    var offer: Offer {
        guard isWide else { return Offer() }
        return Offer(
            Set(Capability.allCases), changingLists: Set(ListKind.allCases), hasResourceSubscriptions: true,
            hasTasks: true
        )
    }

    func scopes(of caller: String) -> [String] { ["all", "of \(caller)"] }

    // MARK: Handlers

    func handler(for call: ToolCallRequest) -> Handler<String, ToolResult>? {
        guard isWide else { return nil }
        return switch call.name {
        case "greet": { conversation, _ in ToolResult(text: "Hello, \(try Self.name(conversation))!") }
        case "greetTwice":
            { conversation, _ in
                let name = try Self.name(conversation)
                let answer = try conversation.ask(.form(message: "Colour?", schema: Self.schema("color")), as: "color")
                return ToolResult(text: "\(name) likes \(answer.content?["color"]?.string ?? "nothing")")
            }
        case "count":
            { conversation, _ in
                for step in 1...3 { conversation.report(Double(step), of: 3, "Step \(step)") }
                conversation.log(.info, "Counted", logger: "sample")
                return ToolResult(text: "3")
            }
        case "survey", "surveyOfMany":
            { conversation, _ in
                let form = call.name == "survey" ? Self.survey : Self.surveyOfMany
                let answer = try conversation.ask(.form(message: "Which?", schema: form), as: "choice")
                return ToolResult(text: answer.content?.raw.text ?? "nothing")
            }
        case "sample", "sampleWithTools":
            { conversation, _ in
                let answer = try conversation.ask(.sample(Self.samplingParams(of: call.name)), as: "sample")
                return ToolResult(text: answer.result["content"]?["text"]?.string ?? "nothing")
            }
        case "roots":
            { conversation, _ in
                let answer = try conversation.ask(.roots, as: "roots")
                return ToolResult(text: answer.result["roots"]?[0]?["uri"]?.string ?? "none")
            }
        case "mark": { conversation, _ in try Self.mark(call, conversation) }
        case "marked":
            { _, _ in
                let name = call.arguments["as"]?.string ?? ""
                if call.arguments["release"]?.bool == true { Self.marks.release(name) }
                return ToolResult(text: Self.marks.wait(for: name))
            }
        case "paired":
            Self.pairs?.checking(call) { _, _ in ToolResult(text: "a pair") }
        case "stumble":
            { conversation, _ in
                for step in [2.0, 1, 2, 2.5, 3] { conversation.report(step, of: 3) }
                return ToolResult(text: "3")
            }
        case "hurry":
            { conversation, _ in
                for step in 1...100 { conversation.report(Double(step), of: 100) }
                return ToolResult(text: "100")
            }
        case "pay":
            { conversation, _ in
                let sure = try conversation.ask(.form(message: "Sure?", schema: Self.schema("sure")), as: "sure")
                guard sure.action == .accept else { return ToolResult(text: "left alone") }
                // What happens once is noted beside what tells this question from others.
                let isFirst = Self.payments.withLock { $0.insert(conversation.nonce ?? "").inserted }
                return ToolResult(text: isFirst ? "paid" : "was paid")
            }
        case "hangUp":
            { conversation, _ in
                conversation.releaseConnection()
                conversation.report(1)
                return ToolResult(text: "after all")
            }
        case "wait":
            { conversation, caller in
                conversation.report(1)
                try conversation.pause(for: .seconds(60))
                return ToolResult(text: "waited")
            }
        case "page":
            { conversation, _ in
                try conversation.require(page: "https://example.net/1", "Please allow", id: "one", isDone: false)
                return ToolResult(text: "allowed")
            }
        case "job":
            { conversation, _ in
                try conversation.becomeTask(isRequired: true)
                return ToolResult(text: "Done by \(try Self.name(conversation))")
            }
        case "jobWithTwo":
            { conversation, _ in
                try conversation.becomeTask(isRequired: true)
                let both = try conversation.ask([
                    ("name", .form(message: "Name?", schema: Self.schema("name"))),
                    ("color", .form(message: "Colour?", schema: Self.schema("color"))),
                ])
                let again = try Self.name(conversation)
                let names = [both["name"]?.content?["name"], both["color"]?.content?["color"]].compactMap { $0?.string }
                return ToolResult(text: (names + [again]).joined(separator: ", "))
            }
        case "checked":
            Self.contract?.checking(call) { _, _ in
                ToolResult(structured: RawJSON(["n": .string(call.arguments["n"]?.raw.text ?? "")]))
            }
        case "bug": { _, _ in throw JSONError(kind: .syntax, offset: 1) }
        default: nil
        }
    }

    /// Asks for what the work of `ask` lacks; `nil` if the client takes no form.
    func inquiry(for call: ToolCallRequest) -> Handler<String, ToolResult>? {
        guard isWide, call.name == "ask", call.takesForms else { return nil }
        return { conversation, caller in
            let name = try Self.name(conversation)
            return ToolResult(text: "\(caller) asked \(name)\(conversation.nonce == nil ? "" : ", once")")
        }
    }

    private static let survey: RawJSON = """
        {"type":"object","properties":{"size":{"type":"string","title":"Size","oneOf":[{"const":"s","title":"Small"},\
        {"const":"l","title":"Large"}],"default":"s"},"colour":{"type":"string","enum":["red","blue"]},\
        "gift":{"type":"boolean","default":true},"count":{"type":"integer","default":1}},"required":["size"]}
        """

    private static let surveyOfMany: RawJSON = """
        {"type":"object","properties":{"sizes":{"type":"array","items":{"type":"string","enum":["s","l"]},\
        "default":["s"]}}}
        """

    private static func samplingParams(of tool: String) -> JSONValue {
        var params: [JSONMember] = [
            JSONMember("messages", [["role": "user", "content": ["type": "text", "text": "A word?"]]]),
            JSONMember("maxTokens", 5),
        ]
        if tool == "sampleWithTools" {
            params.append(JSONMember("tools", [["name": "look", "inputSchema": ["type": "object"]]]))
        }
        return .object(params)
    }

    /// What became of calls that a client may leave or cancel; "marked" waits for one.
    private static let marks = Marks()

    /// Works for a moment, and notes under a name whether it came to the end.
    private static func mark(_ call: ToolCallRequest, _ conversation: Conversation) throws -> ToolResult {
        let name = call.arguments["as"]?.string ?? ""
        conversation.report(1)
        // Another call says when the moment is over, or the client that nobody waits.
        while !marks.isReleased(name) {
            do {
                try conversation.pause(for: .milliseconds(5))
            } catch {
                marks.note("stopped", for: name)
                throw error
            }
        }
        marks.note("done", for: name)
        return ToolResult(text: "done")
    }

    /// Takes two whole numbers, in the words of the newest JSON Schema.
    private static let pairs = try? ToolContract(
        ToolDescription(
            name: "paired", description: "Takes a pair.",
            inputSchema: """
                {"type":"object","properties":{"pair":{"prefixItems":[{"type":"integer"},{"type":"integer"}],\
                "items":false}}}
                """,
            annotations: reads
        )
    )

    /// What was done once and must not be done again; it stands for the program's database.
    private static let payments = Mutex<Set<String>>([])

    /// Gives its number as a text, which is right only by its schema.
    private static let contract = try? ToolContract(
        ToolDescription(
            name: "checked", description: "Is checked.",
            inputSchema: #"{"type":"object","properties":{"n":{"type":"integer"}},"required":["n"]}"#,
            outputSchema: #"{"type":"object","properties":{"n":{"enum":["1","2"]}},"required":["n"]}"#,
            annotations: reads
        )
    )

    static func name(_ conversation: Conversation) throws -> String {
        let question = Question.form(message: "What is your name?", schema: schema("name"))
        let answer = try conversation.ask(question, as: "name")
        return answer.content?["name"]?.string ?? answer.action?.rawValue ?? "nobody"
    }

    private static func schema(_ name: String) -> RawJSON {
        RawJSON(text: #"{"type":"object","properties":{"\#(name)":{"type":"string"}},"required":["\#(name)"]}"#)
    }

    // MARK: Resources, prompts, completion

    func resources(for caller: String) -> [ResourceDescription] {
        var first = ResourceDescription(
            uri: "sample://1", name: "one", title: "One", description: "The first.", mimeType: "text/plain"
        )
        first.size = 5
        first.icons = [Icon(source: "https://example.net/1.png")]
        first.annotations = Annotations(audience: [.user], priority: 0.5, lastModified: "2026-01-01T00:00:00Z")
        first.meta = [JSONMember("net.example/kind", "text")]
        return [
            first, ResourceDescription(uri: "sample://2", name: "two"),
            ResourceDescription(uri: "sample://3", name: "three"),
        ]
    }

    func resourceTemplates(for caller: String) -> [ResourceTemplate] {
        [ResourceTemplate(uriTemplate: "sample://{id}", name: "any", title: "Any", mimeType: "text/plain")]
    }

    func prompts(for caller: String) -> [PromptDescription] {
        [
            PromptDescription(
                name: "hello", title: "Hello", description: "Says hello.",
                arguments: [.init("name", title: "Name", description: "To whom", isRequired: true), .init("mood")]
            ),
            PromptDescription(name: "pictures"),
        ]
    }

    func handler(for request: FetchRequest) -> Handler<String, FetchOutcome>? {
        switch request.subject {
        case .resource("sample://asks"):
            { conversation, _ in
                let body = ResourceContents.Body.text(try Self.name(conversation))
                return .resource(ResourceResult([ResourceContents(uri: "sample://asks", body: body)]))
            }
        case .resource(let uri): { _, _ in Self.contents(of: uri) }
        case .prompt("hello", let arguments):
            { _, _ in
                .prompt(
                    PromptResult([.init(.user, .text("Hello \(arguments["name"] ?? "")"))], description: "A greeting"))
            }
        case .prompt("pictures", _): { _, _ in .prompt(PromptResult(Self.pictures.map { .init(.assistant, $0) })) }
        case .prompt("asks", _):
            { conversation, _ in
                .prompt(PromptResult([.init(.user, .text(try Self.name(conversation)))]))
            }
        case .prompt: nil
        case .completion(let request): { _, _ in Self.suggestions(for: request) }
        }
    }

    func prepare(_ request: FetchRequest) -> ToolOutcome? { nil }

    private static func contents(of uri: String) -> FetchOutcome {
        switch uri {
        case "sample://1":
            .resource(
                ResourceResult(
                    [
                        ResourceContents(uri: uri, mimeType: "text/plain", body: .text("hello")),
                        ResourceContents(
                            uri: uri, mimeType: "image/png", body: .blob(base64: "AAAA"),
                            meta: [JSONMember("net.example/part", 2)]
                        ),
                    ],
                    ttl: .seconds(5)
                )
            )
        case "sample://empty": .resource(ResourceResult([]))
        default: .missing
        }
    }

    private static let pictures: [ContentBlock] = [
        .annotated(
            .image(base64: "AAAA", mimeType: "image/png"), Annotations(audience: [.assistant], priority: 1),
            meta: [JSONMember("net.example/page", 1)]
        ),
        .resource(ResourceContents(uri: "sample://1", mimeType: "application/json", body: .json(#"{"a":"\n"}"#))),
        .resourceLink(ResourceDescription(uri: "sample://2", name: "two", title: "Two")),
    ]

    private static func suggestions(for request: CompletionRequest) -> FetchOutcome {
        switch (request.reference, request.argument) {
        case (.prompt("hello"), "name"):
            .completion(Completion((0..<150).map { "\(request.value)\($0)" }))
        case (.resource("sample://{id}"), "id"):
            .completion(Completion(request.context.keys.sorted(), total: 7))
        default: .missing
        }
    }
}
