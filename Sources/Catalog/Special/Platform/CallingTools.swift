import JSON
import Tools

extension Tool {
    /// Calls a tool that only reads, listed or not.
    static let callRead = Tool(
        name: "call_read_tool",
        title: "Call a read tool",
        description: "Calls a tool that only reads and is not in the list; search_tools finds it. Checks are the same.",
        effects: .passingOnReads,
        parameters: passing,
        output: ["type": "object"],
        body: .read { (call) throws(ToolError) in
            try PassedCall(call.arguments.text("name") ?? "", by: call).read(call.arguments.json("arguments"))
        }
    )

    /// Calls a tool that writes, listed or not.
    static let callWrite = Tool(
        name: "call_write_tool",
        title: "Call a write tool",
        description: """
            Calls a tool that writes and is not in the list; search_tools finds it. Checks and confirmations are the same.
            """,
        effects: .passingOn,
        parameters: passing,
        output: ["type": "object"],
        body: .write { call, principal, transaction in
            try PassedCall(call.arguments.text("name") ?? "", by: call)
                .write(call.arguments.json("arguments"), principal, transaction)
        }
    )

    private static let passing = [
        Parameter("name", .text(maximum: 64), "The tool.", isRequired: true).terse,
        Parameter("arguments", .anything, "As describe_tool tells."),
    ]
}
