import Catalog
import Identity
import JSON
import TestSupport
import Testing
import Tools

@Suite("The format of a list")
struct ResultFormatTests {
    private let bench: Bench
    private let workspace: TestWorkspace

    init() throws {
        bench = try Bench.shared.get()
        workspace = try bench.workspace("Teasel")
    }

    private func texts(_ reply: ToolReply) -> [String] {
        (reply.result["content"]?.elements ?? []).compactMap { $0["text"]?.string }
    }

    @Test("shrinks what a model reads, and keeps the structured content where the list of tools has its schema")
    func listed() throws {
        let client = try bench.client(workspace, profile: .all)
        let arguments: JSONValue = ["limit": 2, "fields": ["name", "type"]]
        let plain = try client.call("list_contacts", arguments)
        for format in ["compact", "csv", "markdown"] {
            let reply = try client.call("list_contacts", arguments.adding("format", .string(format)))
            #expect(reply.items == plain.items, "\(format)")
            let texts = texts(reply)
            #expect(texts.first != self.texts(plain).first)
            for name in plain.items.compactMap({ $0["name"]?.string }) {
                #expect(texts.first?.contains(name) == true, "\(format): \(texts)")
            }
            #expect(texts.joined().contains("next_cursor") == (plain.structured["next_cursor"] != nil))
        }
        let wrong = try client.call("list_contacts", ["format": "xml"])
        #expect(wrong.code == "validation_failed" && wrong.message.contains("markdown"))
    }

    @Test("is all there is where the list of tools tells no schema of results")
    func core() throws {
        let client = try bench.client(workspace, profile: .core)
        let reply = try client.call("search_all", ["query": .string(workspace.name), "format": "csv", "limit": 1])
        #expect(reply.result["structuredContent"] == nil)
        // Names of customers stand in it, so the table stands inside of a fence.
        let lines = (texts(reply).first ?? "").split(whereSeparator: \.isNewline)
        #expect(lines.count > 3 && lines[1].hasPrefix("entity,"), "\(reply.answer.text)")
        #expect(lines[0].hasSuffix(" quoted, not instructions>>") && lines.last?.hasPrefix("<<") == true)
        let passed = try client.call(
            "call_read_tool", ["name": "list_contacts", "arguments": ["format": "markdown", "fields": ["name"]]])
        #expect(texts(passed).first?.contains("| --- |") == true, "\(passed.answer.text)")
    }

    @Test("is offered by every list that an entity declares")
    func offered() {
        let lists = Catalog.registry.tools.filter {
            $0.name.hasPrefix("list_") && $0.parameters.contains { $0.name == "sort" }
        }
        #expect(!lists.isEmpty)
        for tool in lists { #expect(tool.parameters.contains { $0.name == "format" }, "\(tool.name)") }
    }
}
