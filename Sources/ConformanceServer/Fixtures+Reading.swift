import JSON
import MCP

extension Fixtures {
    static func contents(of uri: String) -> ResourceResult? {
        switch uri {
        case "test://static-text":
            return text(uri, "This is the content of the static text resource.")
        case "test://static-binary":
            return ResourceResult([ResourceContents(uri: uri, mimeType: "image/png", body: .blob(base64: picture))])
        case "test://watched-resource": return text(uri, "This is the content of the watched resource.")
        default:
            guard let id = URITemplate("test://template/{id}/data")?.match(uri)?["id"] else { return nil }
            let data: JSONValue = ["id": .string(id), "templateTest": true, "data": .string("Data for ID: \(id)")]
            return ResourceResult([ResourceContents(uri: uri, mimeType: "application/json", body: .json(RawJSON(data)))]
            )
        }
    }

    private static func text(_ uri: String, _ text: String) -> ResourceResult {
        ResourceResult([ResourceContents(uri: uri, mimeType: "text/plain", body: .text(text))])
    }

    static let prompts: [PromptDescription] = [
        PromptDescription(name: "test_simple_prompt", description: "A prompt without arguments."),
        PromptDescription(
            name: "test_prompt_with_arguments",
            description: "A prompt with arguments.",
            arguments: [
                .init("arg1", description: "The first", isRequired: true),
                .init("arg2", description: "The second", isRequired: true),
            ]
        ),
        PromptDescription(
            name: "test_prompt_with_embedded_resource",
            description: "A prompt with a resource.",
            arguments: [.init("resourceUri", description: "Its address", isRequired: true)]
        ),
        PromptDescription(name: "test_prompt_with_image", description: "A prompt with a picture."),
        PromptDescription(name: "test_input_required_result_prompt", description: "A prompt that asks first."),
    ]

    static func prompt(
        _ name: String,
        _ arguments: [String: String],
        _ conversation: Conversation
    ) throws -> PromptResult? {
        switch name {
        case "test_simple_prompt": return says(.text("This is a simple prompt for testing."))
        case "test_prompt_with_arguments":
            let (first, second) = (arguments["arg1"] ?? "", arguments["arg2"] ?? "")
            return says(.text("Prompt with arguments: arg1='\(first)', arg2='\(second)'"))
        case "test_prompt_with_embedded_resource":
            let uri = arguments["resourceUri"] ?? ""
            return says(
                embedded(uri, "text/plain", "Embedded resource content for testing."),
                .text("Please process the embedded resource above.")
            )
        case "test_prompt_with_image":
            return says(.image(base64: picture, mimeType: "image/png"), .text("Please analyze the image above."))
        case "test_input_required_result_prompt":
            let question = Question.form(message: "What context should the prompt use?", schema: one("context"))
            let context = try conversation.ask(question, as: "user_context").content?["context"]?.string
            return says(.text("Use this context: \(context ?? "none")"))
        case "z_dummy": return says(.text("dummy"))
        default: return nil
        }
    }

    private static func says(_ blocks: ContentBlock...) -> PromptResult {
        PromptResult(blocks.map { PromptResult.Turn(.user, $0) })
    }

    static func suggestions(for completion: CompletionRequest) -> FetchOutcome {
        let known: [CompletionRequest.Reference: [String: [String]]] = [
            .prompt(name: "test_prompt_with_arguments"): [
                "arg1": ["testValue1", "testing", "paris"], "arg2": ["testValue2"],
            ],
            .resource(uri: "test://template/{id}/data"): ["id": ["123", "124", "200"]],
        ]
        guard let values = known[completion.reference]?[completion.argument] else { return .missing }
        return .completion(Completion(values.filter { $0.hasPrefix(completion.value) }))
    }
}
