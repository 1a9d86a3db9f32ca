import JSON
import MCP

extension Fixtures {
    static let picture =
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR42mP4z8AAAAMBAQD3A0FDAAAAAElFTkSuQmCC"
    static let sound = "UklGRiwAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YQgAAACAgICAgICAgA=="

    /// Tools that show each kind of content, and what may be sent before it.
    static let contentTools: [ToolFixture] = [
        .text("test_simple_text", "Gives a text.") { _, _ in "This is a simple text response for testing." },
        ToolFixture("test_image_content", "Gives a picture.") { _, _ in
            ToolResult(content: [.image(base64: picture, mimeType: "image/png")])
        },
        ToolFixture("test_audio_content", "Gives a sound.") { _, _ in
            ToolResult(content: [.audio(base64: sound, mimeType: "audio/wav")])
        },
        ToolFixture("test_embedded_resource", "Gives a resource.") { _, _ in
            ToolResult(content: [
                embedded("test://embedded-resource", "text/plain", "This is an embedded resource content.")
            ])
        },
        ToolFixture("test_multiple_content_types", "Gives several things.") { _, _ in
            ToolResult(content: [
                .text("Multiple content types test:"), .image(base64: picture, mimeType: "image/png"),
                embedded("test://mixed-content-resource", "application/json", #"{"test":"data","value":123}"#),
            ])
        },
        ToolFixture("test_error_handling", "Fails.") { _, _ in
            ToolResult(text: "This tool intentionally returns an error for testing", isError: true)
        },
        .text("test_tool_with_progress", "Tells how far it is.") { _, conversation in
            for progress in [0.0, 50, 100] {
                conversation.report(progress, of: 100, "Step \(Int(progress)) of 100")
                try conversation.pause(for: .milliseconds(50))
            }
            return "Done."
        },
        .text("test_tool_with_logging", "Tells what it does.") { _, conversation in
            for step in ["Tool execution started", "Tool processing data", "Tool execution completed"] {
                conversation.log(.info, .string(step))
                try conversation.pause(for: .milliseconds(50))
            }
            return "Done."
        },
        .text("test_logging_tool", "Tells what it does, if asked.") { _, conversation in
            conversation.log(.info, "Working", logger: "test")
            return "Done."
        },
        .text("test_reconnection", "Closes the connection before its result.") { _, conversation in
            conversation.releaseConnection()
            try conversation.pause(for: .milliseconds(300))
            return "Reconnected."
        },
        ToolFixture(
            "test_structured_content", "Gives data and their schema.", schema: one("city"), output: weather
        ) { call, _ in
            ToolResult(structured: RawJSON(["city": .string(call.arguments["city"]?.string ?? ""), "degrees": 21.5]))
        },
        ToolFixture("json_schema_2020_12_tool", "Has a schema with everything.", schema: dialect) { _, _ in
            ToolResult(text: "The arguments are valid.")
        },
        .text(
            "test_x_mcp_header", "Has an argument that is repeated in a header.",
            schema: #"{"type":"object","properties":{"region":{"type":"string","x-mcp-header":"Region"}}}"#
        ) { call, _ in "Region: \(call.arguments["region"]?.string ?? "none")" },
    ]

    static func changingTools(_ changes: ChangeBoard) -> [ToolFixture] {
        [
            .text("test_trigger_tool_change", "Changes the list of tools.") { _, _ in
                try changes.toggleTool()
                return "The list of tools has changed."
            },
            .text("test_trigger_prompt_change", "Changes the list of prompts.") { _, _ in
                try changes.togglePrompt()
                return "The list of prompts has changed."
            },
            .text("test_trigger_resource_change", "Changes the watched resource.") { _, _ in
                changes.touch("test://watched-resource")
                return "The resource has changed."
            },
        ]
    }

    /// A tool that runs until it is cancelled, and one that tells that it was.
    static func endlessTools(_ changes: ChangeBoard) -> [ToolFixture] {
        [
            .text("test_cancellable", "Waits until it is cancelled, or a minute.", schema: one("call", required: false))
            {
                call, conversation in
                conversation.report(1)
                do {
                    try conversation.pause(for: .seconds(60))
                } catch Interruption.cancelled {
                    try changes.noteCancellation(of: call.arguments["call"]?.string ?? "")
                    throw Interruption.cancelled
                }
                return "Nobody cancelled."
            },
            .text("test_await_cancellation", "Waits until a call was cancelled, or a minute.", schema: one("call")) {
                call, _ in
                changes.awaitCancellation(of: call.arguments["call"]?.string ?? "", for: 60)
                    ? "The call was cancelled." : "The call was not cancelled."
            },
        ]
    }

    static func embedded(_ uri: String, _ type: String, _ text: String) -> ContentBlock {
        .resource(ResourceContents(uri: uri, mimeType: type, body: .text(text)))
    }

    private static let weather: RawJSON = """
        {"type":"object","properties":{"city":{"type":"string"},"degrees":{"type":"number"}},\
        "required":["city","degrees"],"additionalProperties":false}
        """

    private static let dialect: RawJSON = """
        {"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object",\
        "$defs":{"address":{"$anchor":"addressDef","type":"object",\
        "properties":{"street":{"type":"string"},"city":{"type":"string"}}}},\
        "properties":{"name":{"type":"string"},"address":{"$ref":"#/$defs/address"},\
        "contactMethod":{"type":"string","enum":["phone","email"]},"phone":{"type":"string"},\
        "email":{"type":"string"}},"allOf":[{"anyOf":[{"required":["phone"]},{"required":["email"]}]}],\
        "if":{"properties":{"contactMethod":{"const":"phone"}},"required":["contactMethod"]},\
        "then":{"required":["phone"]},"else":{"required":["email"]},"additionalProperties":false}
        """
}
