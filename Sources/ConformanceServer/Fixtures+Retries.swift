import JSON
import MCP

extension Fixtures {
    /// Tools whose calls end with questions in the stateless era, and are made again with the answers.
    static let retryTools: [ToolFixture] = [
        .text("test_input_required_result_elicitation", "Asks for a name.") { _, conversation in
            "Hello, \(try name(conversation))!"
        },
        .text("test_input_required_result_sampling", "Asks the client's model.") { _, conversation in
            let question = sample("What is the capital of France?", tokens: 100)
            return text(of: try conversation.ask(question, as: "capital_question"))
        },
        .text("test_input_required_result_list_roots", "Asks for roots.") { _, conversation in
            "Roots: \(roots(of: try conversation.ask(.roots, as: "client_roots")))"
        },
        .text("test_input_required_result_request_state", "Asks with state.") { _, conversation in
            _ = try conversation.ask(.form(message: "Please confirm", schema: confirmation), as: "confirm")
            return "state-ok"
        },
        .text("test_input_required_result_multiple_inputs", "Asks three things.") { _, conversation in
            let answers = try conversation.ask([
                ("user_name", .form(message: "What is your name?", schema: one("name"))),
                ("greeting", sample("Generate a greeting", tokens: 50)), ("client_roots", .roots),
            ])
            let name = answers["user_name"]?.content?["name"]?.string ?? "nobody"
            return "\(answers["greeting"].map(text) ?? ""), \(name), \(answers["client_roots"].map(roots) ?? "")"
        },
        .text("test_input_required_result_multi_round", "Asks twice.") { _, conversation in
            let name = try conversation.ask(.form(message: "Step 1: your name?", schema: one("name")), as: "step1")
            let color = try conversation.ask(.form(message: "Step 2: your colour?", schema: one("color")), as: "step2")
            return "\(name.content?["name"]?.string ?? "") likes \(color.content?["color"]?.string ?? "")"
        },
        .text("test_input_required_result_tampered_state", "Asks with protected state.") { _, conversation in
            outcome(of: try conversation.ask(.form(message: "Please confirm", schema: confirmation), as: "confirm"))
        },
        .text("test_input_required_result_capabilities", "Asks what the client can be asked.") { _, conversation in
            var questions: [(key: String, question: Question)] = []
            let flags = conversation.client.capabilities.flags
            if flags.contains(.sampling) { questions.append(("sample", sample("Say hello", tokens: 20))) }
            if flags.contains(.formElicitation) {
                questions.append(("form", .form(message: "Please confirm", schema: confirmation)))
            }
            return "Answers: \(try conversation.ask(questions).count)"
        },
    ]

    static func name(_ conversation: Conversation) throws -> String {
        let question = Question.form(message: "What is your name?", schema: one("name"))
        return try conversation.ask(question, as: "user_name").content?["name"]?.string ?? "nobody"
    }

    private static func text(of answer: Answer) -> String { answer.result["content"]?["text"]?.string ?? "nothing" }

    private static func roots(of answer: Answer) -> String {
        (answer.result["roots"]?.elements ?? []).compactMap { $0["uri"]?.string }.joined(separator: " ")
    }
}
