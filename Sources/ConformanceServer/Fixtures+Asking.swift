import JSON
import MCP

extension Fixtures {
    /// Tools that ask over the stream of the call in the handshake era.
    static let askingTools: [ToolFixture] = [
        .text("test_sampling", "Asks the client's model.", schema: one("prompt")) { call, conversation in
            let prompt = call.arguments["prompt"]?.string ?? ""
            let answer = try conversation.ask(sample(prompt, tokens: 100), as: "sample")
            return "LLM response: \(answer.result["content"]?["text"]?.string ?? "none")"
        },
        .text("test_elicitation", "Asks the person.", schema: one("message")) { call, conversation in
            let question = Question.form(message: call.arguments["message"]?.string ?? "", schema: account)
            return "User response: \(try conversation.ask(question, as: "account").result.raw.text)"
        },
        .text("test_elicitation_sep1034_defaults", "Asks with defaults.") { _, conversation in
            outcome(of: try conversation.ask(.form(message: "Please check the defaults", schema: defaults), as: "all"))
        },
        .text("test_elicitation_sep1330_enums", "Asks with choices.") { _, conversation in
            outcome(of: try conversation.ask(.form(message: "Please choose", schema: choices), as: "all"))
        },
        .text("test_url_elicitation", "Needs a page to be opened.", schema: one("done", required: false)) {
            call, conversation in
            try conversation.require(
                page: "https://example.net/consent/1", "Please allow access", id: "consent-1",
                isDone: call.arguments["done"] != nil
            )
            return "Allowed."
        },
        .text("test_streaming_elicitation", "Asks the person.") { _, conversation in
            outcome(of: try conversation.ask(.form(message: "Please confirm", schema: confirmation), as: "confirm"))
        },
        .text("test_missing_capability", "Needs sampling.") { _, conversation in
            guard conversation.client.capabilities.flags.contains(.sampling) else {
                throw Interruption.missingCapability(required: ["sampling": [:]])
            }
            return "The client can sample."
        },
    ]

    static func outcome(of answer: Answer) -> String {
        "Elicitation completed: action=\(answer.action?.rawValue ?? "none"), content=\(answer.content?.raw.text ?? "{}")"
    }

    static func sample(_ prompt: String, tokens: Int64) -> Question {
        .sample([
            "messages": [["role": "user", "content": ["type": "text", "text": .string(prompt)]]],
            "maxTokens": .integer(tokens),
        ])
    }

    /// The schema of one text.
    static func one(_ name: String, required: Bool = true) -> RawJSON {
        let required: JSONValue = required ? [.string(name)] : []
        return RawJSON([
            "type": "object", "properties": .object([JSONMember(name, ["type": "string"])]), "required": required,
        ])
    }

    static let confirmation: RawJSON =
        #"{"type":"object","properties":{"ok":{"type":"boolean"}},"required":["ok"]}"#

    private static let account: RawJSON = """
        {"type":"object","properties":{"username":{"type":"string","description":"Your name here"},\
        "email":{"type":"string","format":"email","description":"Your address"}},"required":["username","email"]}
        """

    private static let defaults: RawJSON = """
        {"type":"object","properties":{"name":{"type":"string","default":"John Doe"},\
        "age":{"type":"integer","default":30},"score":{"type":"number","default":95.5},\
        "status":{"type":"string","enum":["active","inactive","pending"],"default":"active"},\
        "verified":{"type":"boolean","default":true}}}
        """

    private static let choices: RawJSON = """
        {"type":"object","properties":{\
        "untitledSingle":{"type":"string","enum":["option1","option2","option3"]},\
        "titledSingle":{"type":"string","oneOf":[{"const":"value1","title":"First Option"},\
        {"const":"value2","title":"Second Option"},{"const":"value3","title":"Third Option"}]},\
        "legacyEnum":{"type":"string","enum":["opt1","opt2","opt3"],\
        "enumNames":["Option One","Option Two","Option Three"]},\
        "untitledMulti":{"type":"array","items":{"type":"string","enum":["option1","option2","option3"]}},\
        "titledMulti":{"type":"array","items":{"anyOf":[{"const":"value1","title":"First Choice"},\
        {"const":"value2","title":"Second Choice"},{"const":"value3","title":"Third Choice"}]}}}}
        """
}
