import JSON

/// One page of `tools/list`, as the endpoint sent it.
struct ToolPage {
    /// The tools, unless there is no list in the message.
    let tools: [JSONNode]
    /// What leads to the next page.
    let nextCursor: RawJSON?
    private let message: JSONNode

    /// Takes a response; `nil` if it is no page.
    init?(_ message: JSONNode) {
        guard let tools = message["result"]?["tools"]?.elements else { return nil }
        self.message = message
        self.tools = tools
        nextCursor = message["result"]?["nextCursor"].flatMap { $0.isNull ? nil : $0.raw }
    }

    /// The message with some of the tools only; everything else in it stays as it came, the cursor too.
    func keeping(_ isKept: (JSONNode) -> Bool) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        for member in message.members ?? [] {
            writer.key(member.name)
            guard member.name == "result" else {
                writer.write(raw: member.value.raw)
                continue
            }
            writer.beginObject()
            for part in member.value.members ?? [] {
                writer.key(part.name)
                writer.write(
                    part.name == "tools" ? .array(tools.filter(isKept).map { .raw($0.raw) }) : .raw(part.value.raw))
            }
            writer.endObject()
        }
        writer.endObject()
        return writer.bytes
    }
}
