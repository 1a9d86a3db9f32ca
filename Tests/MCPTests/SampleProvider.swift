import JSON
import MCP

/// A program with a handful of tools, each of which ends in one way.
struct SampleProvider: Provider {
    /// Whether the program offers everything, or tools alone.
    var isWide = false

    let serverInfo = Implementation(
        name: "sample",
        version: "1.4.0",
        title: "Sample workspace",
        description: "Tools to try the protocol with.",
        websiteURL: "https://example.net/",
        icons: [Icon(source: "https://example.net/icon.png", mimeType: "image/png", sizes: ["48x48"], theme: .light)]
    )

    func instructions(for caller: String) -> String? {
        caller == "silent" ? nil : "Hello \(caller)."
    }

    func tools(for caller: String) -> ToolListing {
        ToolListing(caller == "guest" ? [] : Self.tools, key: caller == "guest" ? nil : "all")
    }

    func prepare(_ call: ToolCallRequest) -> ToolOutcome {
        switch call.name {
        case "echo": .result(ToolResult(structured: call.arguments.raw))
        case "list": .result(ToolResult(structured: #"["a \"quoted\" text",2]"#))
        case "fail": .result(ToolResult(text: "state must be one of open, paid (got \"late\")", isError: true))
        case "media": .result(ToolResult(content: Self.media, meta: [JSONMember("net.example/cost", 3)]))
        case "route": .result(ToolResult(text: "routed"))
        case "ask": .missingCapability(required: ["elicitation": ["form": [:]]])
        case "break": .internalError(requestID: "req-1")
        case "refuse": .refused(ProtocolError(.invalidParams, "No"))
        case "who": .result(ToolResult(text: Self.describe(call)))
        default: .unknownTool
        }
    }

    func mirroredArguments(of tool: String) -> [MirroredArgument] {
        guard tool == "route", let schema = try? JSONDocument(Self.routeSchema.bytes) else { return [] }
        return (try? MirroredArgument.all(in: schema.root)) ?? []
    }

    private static func describe(_ call: ToolCallRequest) -> String {
        let client = call.client.info.map { "\($0.name) \($0.version)" } ?? "somebody"
        let token = call.progressToken.map { RawJSON($0.json).text } ?? "none"
        let answers = call.inputResponses?.raw.text ?? "none"
        let flags = call.client.capabilities.flags.rawValue
        return """
            \(client), capabilities \(flags), revision \(call.revision.rawValue), token \(token), \
            level \(call.logLevel?.rawValue ?? "none"), answers \(answers), state \(call.requestState ?? "none")
            """
    }

    private static let media: [ContentBlock] = [
        .image(base64: "AAAA", mimeType: "image/png"), .audio(base64: "AAAA", mimeType: "audio/wav"),
        .link(uri: "https://example.net/1", name: "one", description: "The first", mimeType: "text/plain"),
    ]

    private static let routeSchema: RawJSON = """
        {"type":"object","properties":{"region":{"type":"string","x-mcp-header":"Region"},\
        "page":{"type":"integer","x-mcp-header":"Page"},\
        "options":{"type":"object","properties":{"dry":{"type":"boolean","x-mcp-header":"Dry"}}}}}
        """

    static let reads = ToolAnnotations(
        isReadOnly: true,
        isDestructive: false,
        isIdempotent: true,
        isOpenWorld: false
    )

    private static let tools = [
        ToolDescription(
            name: "echo",
            title: "Echo",
            description: "Gives back its arguments.",
            inputSchema: #"{"type":"object","x-unknown":{"$anchor":"kept"}}"#,
            outputSchema: #"{"type":"object"}"#,
            annotations: reads,
            icons: [Icon(source: "https://example.net/echo.png")],
            meta: [JSONMember("net.example/cost", 1)]
        ),
        ToolDescription(
            name: "list",
            description: "Gives a list.",
            inputSchema: #"{"type":"object","additionalProperties":false}"#,
            outputSchema: #"{"type":"array"}"#,
            annotations: reads
        ),
        ToolDescription(name: "route", description: "Goes by region.", inputSchema: routeSchema, annotations: reads),
    ]
}
