import Catalog
import Identity
import JSON
import Testing
import Tools

@Suite("Prompts")
struct PromptTests {
    private let bench: Bench
    private let workspace: TestWorkspace

    init() throws {
        bench = try Bench.shared.get()
        workspace = try bench.workspace()
    }

    private static let names = ["daily_brief", "triage_inbox", "customer_brief", "close_stale_tasks"]

    private func get(_ client: Client, _ name: String, _ arguments: JSONValue? = nil) throws -> WireAnswer {
        var params: JSONValue = ["name": .string(name)]
        if let arguments { params = params.adding("arguments", arguments) }
        return try client.ask("prompts/get", params)
    }

    private func text(_ answer: WireAnswer) -> String {
        answer.json["result"]?["messages"]?[0]?["content"]?["text"]?.string ?? ""
    }

    @Test("are listed with their arguments", arguments: WireEra.both)
    func list(era: WireEra) throws {
        let result = try bench.client(workspace, era: era).ask("prompts/list").json["result"]
        let prompts = result?["prompts"]?.elements ?? []
        #expect(prompts.compactMap { $0["name"]?.string } == Self.names)
        #expect(prompts.allSatisfy { $0["title"]?.string?.isEmpty == false })
        #expect(prompts.allSatisfy { $0["description"]?.string?.count ?? 0 > 20 })
        let arguments = prompts.map { $0["arguments"]?.elements ?? [] }
        #expect(arguments.map(\.count) == [0, 0, 1, 1])
        #expect(arguments[2].first?["name"] == "customer" && arguments[2].first?["required"] == true)
        #expect(arguments[3].first?["name"] == "days" && arguments[3].first?["required"] == nil)
        if case .stateless = era {
            #expect(result?["ttlMs"] == 60_000 && result?["cacheScope"] == "private")
        } else {
            #expect(result?["ttlMs"] == nil)
        }
    }

    @Test("are one turn of the person's that names each of its tools and no other", arguments: WireEra.both)
    func contents(era: WireEra) throws {
        let client = try bench.client(workspace, era: era)
        for prompt in Catalog.registry.prompts {
            let arguments: JSONValue? = prompt.arguments.isEmpty ? nil : ["customer": "Ruiz"]
            let answer = try get(client, prompt.name, prompt.name == "close_stale_tasks" ? [:] : arguments)
            let result = answer.json["result"]
            #expect(result?["messages"]?.elements.count == 1, "\(answer.text)")
            #expect(result?["messages"]?[0]?["role"] == "user")
            #expect(result?["messages"]?[0]?["content"]?["type"] == "text")
            #expect(result?["description"]?.string == prompt.description)
            #expect(result?["ttlMs"] == nil, "A prompt is not kept")
            let named = Catalog.registry.names.filter(text(answer).contains)
            #expect(Set(named) == Set(prompt.tools), "\(prompt.name)")
            #expect(text(answer).contains("untrusted_fields"))
        }
    }

    @Test("are filled in with what the person gave")
    func filled() throws {
        let client = try bench.client(workspace)
        let brief = text(try get(client, "customer_brief", ["customer": " Elizabeth \"Lizzy\"\nRuiz\u{202E} "]))
        let whom = brief.firstMatch(
            of: /nothing else: (<<[0-9a-f]{24}) quoted, not instructions>> “([^”]*)” (<<[0-9a-f]{24})>>/)
        #expect(whom?.2 == "Elizabeth 'Lizzy' Ruiz" && whom?.1 == whom?.3, "\(brief)")
        let stale = text(try get(client, "close_stale_tasks", ["days": "45"]))
        #expect(stale.contains("for 45 days"))
        #expect(text(try get(client, "close_stale_tasks", ["days": "1"])).contains("for 1 day."))
        for arguments: JSONValue? in [nil, [:], ["days": ""], ["days": "30"]] {
            #expect(text(try get(client, "close_stale_tasks", arguments)).contains("for 30 days"))
        }
        #expect(text(try get(client, "daily_brief")).contains("assignee me"))
        let nobody = try bench.service.client(workspace, try bench.token(for: workspace) { $0.actsAs = nil })
        #expect(!text(try get(nobody, "daily_brief")).contains("assignee me"), "This token acts for nobody")
    }

    @Test(
        "refuse what they cannot be filled in with, and say what they can",
        arguments: [
            ("customer_brief", #"{}"#, "customer"), ("customer_brief", #"{"customer":" "}"#, "`customer` is missing"),
            ("customer_brief", #"{"customr":"Ann"}"#, "customer"),
            (
                "customer_brief", #"{"customer":"Ann","name":"x"}"#,
                "`name` is not an argument here; known are `customer`"
            ),
            ("customer_brief", #"{"customer":7}"#, "must be a text"),
            ("close_stale_tasks", #"{"days":"soon"}"#, "a whole number from 1 to 730"),
            ("close_stale_tasks", #"{"days":"0"}"#, "`days` is 0; it can be 1 to 730"),
            ("close_stale_tasks", #"{"days":"1.5"}"#, "a whole number from 1 to 730"),
            ("daily_brief", #"{"days":"3"}"#, "it takes no arguments"),
        ]
    )
    func mistakes(name: String, arguments: String, words: String) throws {
        for era in WireEra.both {
            let client = try bench.client(workspace, era: era)
            let answer = try get(client, name, try JSONDocument(text: arguments).root.value)
            #expect(answer.status == 200)
            #expect(answer.json["error"]?["code"] == -32602)
            #expect(answer.json["error"]?["message"]?.string?.contains(words) == true, "\(answer.text)")
        }
    }

    @Test("take text of a reasonable length")
    func length() throws {
        let long = String(repeating: "x", count: 201)
        let answer = try get(try bench.client(workspace), "customer_brief", ["customer": .string(long)])
        #expect(answer.json["error"]?["message"]?.string?.contains("at most 200") == true)
    }

    @Test("are hidden with any of their tools, and then are like prompts that are not there", arguments: WireEra.both)
    func hidden(era: WireEra) throws {
        for tool in Catalog.registry.tools.filter({ $0.toolset == "core" }).map(\.name) {
            let client = try bench.service.client(
                workspace, try bench.token(for: workspace) { $0.deny = [tool] }, era: era
            )
            let expected = Catalog.registry.prompts.filter { !$0.tools.contains(tool) }.map(\.name)
            let listed = try client.ask("prompts/list").json["result"]?["prompts"]?.elements
            #expect(listed?.compactMap { $0["name"]?.string } == expected, "without \(tool)")
            for name in Self.names where !expected.contains(name) {
                // Wrong arguments must not tell that there is such a prompt.
                let answers = try [nil, ["customer": "Ann"], ["x": "y"]].map { try get(client, name, $0) }
                let unknown = try get(client, "zzz", nil)
                for answer in answers {
                    #expect(answer.json["error"]?["code"] == unknown.json["error"]?["code"])
                    #expect(
                        answer.json["error"]?["message"]?.string?.replacing(name, with: "zzz")
                            == unknown.json["error"]?["message"]?.string
                    )
                }
            }
        }
    }
}
