import JSON
import MCP

extension Fixtures {
    /// Tools of the extension for tasks.
    static let taskTools: [ToolFixture] = [
        .text("greet", "Greets at once.", schema: one("name")) { call, _ in
            "Hello, \(call.arguments["name"]?.string ?? "")!"
        },
        .text("slow_compute", "Takes its time.", schema: delay) { call, conversation in
            let seconds = call.arguments["seconds"]?.integer ?? 0
            if seconds > 0 { try conversation.becomeTask() }
            try conversation.pause(for: .seconds(seconds))
            return "Computed \(call.arguments["label"]?.string ?? "nothing")."
        },
        ToolFixture("failing_job", "Fails after a while, as a task.") { _, conversation in
            try conversation.becomeTask(isRequired: true)
            try conversation.pause(for: .seconds(1))
            return ToolResult(text: "The job failed.", isError: true)
        },
        ToolFixture("protocol_error_job", "Ends with an error, as a task.") { _, conversation in
            try conversation.becomeTask(isRequired: true)
            try conversation.pause(for: .milliseconds(200))
            throw ProtocolError(.internalError, "The job could not be done")
        },
        .text("confirm_delete", "Asks before it deletes, as a task.", schema: one("filename", required: false)) {
            call, conversation in
            try conversation.becomeTask()
            let answer = try conversation.ask(.form(message: "Delete the file?", schema: confirm), as: "confirm")
            return answer.action == .accept ? "Deleted \(call.arguments["filename"]?.string ?? "")." : "Kept."
        },
        .text("multi_input", "Asks two things at once, as a task.") { _, conversation in
            try conversation.becomeTask()
            let answers = try conversation.ask([
                ("first", .form(message: "First?", schema: confirm)),
                ("second", .form(message: "Second?", schema: confirm)),
            ])
            return "Got \(answers.count) answers."
        },
        .text("test_tool_with_task", "Asks first, then becomes a task.") { _, conversation in
            let name = try name(conversation)
            try conversation.becomeTask()
            try conversation.pause(for: .milliseconds(200))
            return "Hello, \(name)!"
        },
    ]

    private static let confirm: RawJSON =
        #"{"type":"object","properties":{"confirm":{"type":"boolean","title":"Confirm"}}}"#

    private static let delay: RawJSON = """
        {"type":"object","properties":{"seconds":{"type":"integer","minimum":0,"maximum":60},\
        "label":{"type":"string"}}}
        """
}
