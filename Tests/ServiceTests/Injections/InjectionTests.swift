import Catalog
import Identity
import JSON
import TestSupport
import Testing
import Tools

@Suite("What outsiders wrote")
struct InjectionTests {
    private static let rows = Result { try InjectedRows(Bench.shared.get()) }
    private let bench: Bench
    private let rows: InjectedRows

    init() throws {
        bench = try Bench.shared.get()
        rows = try Self.rows.get()
    }

    private func client(
        era: WireEra = .stateless, _ change: (inout CredentialRegistry.Settings) -> Void = { _ in }
    ) throws -> Client {
        let token = try bench.token(for: rows.workspace) {
            $0.profile = .all
            $0.limits = .unlimited
            change(&$0)
        }
        return try bench.service.client(rows.workspace, token, era: era)
    }

    // MARK: Calls

    /// Calls of a tool that only reads, such that what was injected comes back where it can.
    private func calls(of tool: Tool) -> [JSONValue] {
        var arguments = Intruder.required(tool, of: rows.workspace)
        let names = tool.parameters.map(\.name)
        if let limit = tool.parameters.first(where: { $0.name == "limit" }), case .integer(let range) = limit.kind {
            arguments = arguments.adding("limit", .integer(min(50, range.upperBound)))
        }
        switch tool.name {
        case "getTaskDetails":
            return rows.taskNumbers.map {
                ["taskNumber": .integer($0), "include": ["comments", "files", "checklist", "time", "history"]]
            }
        case "listTaskComments": return [["taskNumber": .integer(rows.workspace.tasks[0].number), "limit": 100]]
        case "call_read_tool":
            return ResultFormat.allCases.map {
                ["name": "list_contacts", "arguments": ["limit": 50, "format": .string($0.rawValue)]]
            }
        case "describe_tool": return [["name": "list_contacts"]]
        case "describe_entity": return [["entity": "contact"]]
        case "get_expense_summary": return [["group_by": "supplier"]]
        case "get_changes": return [["since": "2000-01-01", "limit": 100]]
        case "find_duplicate_contacts":
            return [[:]] + (rows.ids["con"] ?? []).suffix(5).map { ["id": .string($0)] }
        default: break
        }
        if names.contains("query") {
            return [Injection.name, Injection.body].flatMap { word in
                ["", "0", "3", "9"].map { arguments.adding("query", .string(word + $0)) }
            }
        }
        if let key = tool.parameters.first(where: \.isRequired), case .key(let prefix, _) = key.kind,
            let ids = rows.ids[prefix]
        {
            let relations = tool.parameters.first { $0.name == "include" }
            return ids.map { id in
                let call: JSONValue = [key.name == "id" ? "id" : key.name: .string(id)]
                return relations.map { call.adding("include", Intruder.sample($0, of: rows.workspace)) } ?? call
            }
        }
        return [arguments]
    }

    /// Makes the calls of all tools that read, in every format, page after page.
    private func read(_ client: Client, _ inspector: Inspector) throws -> (reached: Set<String>, refused: [String]) {
        var (reached, refused): (Set<String>, [String]) = ([], [])
        for tool in Catalog.registry.tools where !tool.effects.writes {
            let formats = tool.parameters.contains { $0.name == "format" } ? ResultFormat.allCases : [.json]
            for call in calls(of: tool) {
                for format in formats {
                    let before = inspector.count
                    var next: JSONValue? = format == .json ? call : call.adding("format", .string(format.rawValue))
                    var pages = 0
                    while let arguments = next, pages < 6 {
                        let reply = try client.call(tool.name, arguments)
                        inspector.inspect(reply, of: "\(tool.name) \(arguments.text)")
                        // Nothing is waiting here; what waits is looked at below.
                        if reply.isError, tool.name != "get_pending_action" {
                            refused.append("\(tool.name): \(reply.message)")
                        }
                        if [.csv, .markdown].contains(format), !reply.items.isEmpty {
                            inspector.inspectTable(
                                reply.text, format.rawValue, rows: reply.items.count, of: "\(tool.name) \(format)")
                        }
                        #expect(reply.text.utf8.count <= ResultBudget.bytes, "\(tool.name) \(format)")
                        pages += 1
                        next =
                            ["get_changes", "call_read_tool"].contains(tool.name)
                            ? nil : reply.structured["next_cursor"].map { arguments.adding("cursor", $0) }
                    }
                    if inspector.count > before { reached.insert(tool.name) }
                }
            }
        }
        return (reached, refused)
    }

    /// Tools whose results hold such text; a name that is missing here tells that the suite has gone blind.
    private static let carriers: Set<String> = [
        "getTaskDetails", "listTaskComments", "listWorkspaceTasks", "searchWorkspaceTasks", "workspaceSummary",
        "list_contacts", "get_contact", "search_contacts", "find_duplicate_contacts", "list_companies", "get_company",
        "list_deals", "list_activities", "list_tickets", "get_ticket", "list_tasks", "search_all", "list_candidates",
        "get_candidate", "get_ai_suggestions", "get_changes", "call_read_tool", "list_invoices", "list_quotations",
        "get_invoice_aging",
    ]

    @Test("is named, clean and fenced in every result of every tool in every format", arguments: WireEra.both)
    func results(era: WireEra) throws {
        let inspector = Inspector()
        let (reached, refused) = try read(try client(era: era), inspector)
        #expect(
            inspector.faults.isEmpty,
            "\(inspector.faults.count): \(Set(inspector.faults.map { $0.suffix(90) }).prefix(20))")
        #expect(refused.isEmpty, "\(Set(refused))")
        #expect(Self.carriers.subtracting(reached).isEmpty, "\(Self.carriers.subtracting(reached))")
    }

    @Test("leaves only names under lockdown, in every result of every tool in every format")
    func lockdown() throws {
        let inspector = Inspector(isLocked: true)
        _ = try read(try client { $0.lockdown = true }, inspector)
        #expect(
            inspector.faults.isEmpty,
            "\(inspector.faults.count): \(Set(inspector.faults.map { $0.suffix(90) }).prefix(20))")
    }

    // MARK: Writes

    @Test("is named, clean and fenced in what writes show, refuse and return")
    func writes() throws {
        let inspector = Inspector()
        let open = try client()
        for tool in Catalog.registry.tools where tool.effects.writes {
            guard tool.parameters.contains(where: { $0.name == "dry_run" }),
                let key = tool.parameters.first(where: \.isRequired), case .key(let prefix, _) = key.kind,
                let ids = rows.ids[prefix]
            else { continue }
            for id in ids {
                let arguments = Intruder.required(tool, of: rows.workspace).adding(key.name, .string(id))
                inspector.inspect(try open.call(tool.name, arguments.adding("dry_run", true)), of: "dry \(tool.name)")
            }
        }
        #expect(inspector.count > 100)
        let name = try #require(Injection.texts(marked: Injection.name).first)
        let made = try open.call("create_contact", ["last_name": .string(name), "email": "a@b.example"])
        #expect(!made.isError && made.structured["possible_duplicates"] != nil, "\(made.answer.text)")
        inspector.inspect(made, of: "create_contact")
        #expect(inspector.faults.isEmpty, "\(inspector.faults.prefix(20))")
    }

    @Test("stands in a preview as a name on one line and in quotation marks, and is marked when the preview is stale")
    func previews() throws {
        let inspector = Inspector()
        let careful = try client { $0.confirmation = .allWrites }
        for (tool, prefix) in [
            ("delete_contact", "con"), ("delete_ticket", "tkt"), ("delete_candidate", "can"), ("delete_task", "tsk"),
            ("delete_company", "cmp"),
        ] where Catalog.registry[tool] != nil {
            for id in rows.ids[prefix] ?? [] {
                let shown = try careful.call(tool, ["id": .string(id)])
                let summary = shown.structured["summary"]?.string ?? ""
                #expect(shown.structured["status"] == "pending_confirmation", "\(shown.answer.text)")
                #expect(
                    summary.wholeMatch(of: /Delete [a-z]+ “[^“”"\n]{1,80}”\./) != nil, "\(summary.debugDescription)")
                inspector.inspect(shown, of: tool)
                let pending: JSONValue = ["pending_id": shown.structured["pending_id"] ?? .null]
                inspector.inspect(try careful.call("get_pending_action", pending), of: "get_pending_action")
                inspector.inspect(try careful.call("list_pending_actions"), of: "list_pending_actions")
                _ = try careful.call("cancel_action", pending)
            }
        }
        let id = try #require(rows.ids["con"]?.first)
        let shown = try careful.call("update_contact", ["id": .string(id), "city": "Ulm"])
        inspector.inspect(shown, of: "update_contact")
        _ = try client().call("update_contact", ["id": .string(id), "labels": ["late"]])
        let stale = try careful.call("confirm_action", ["confirmToken": shown.structured["confirmToken"] ?? .null])
        #expect(stale.code == "confirm_stale" && stale.structured["error"]?["summary"] != nil, "\(stale.answer.text)")
        inspector.inspect(stale, of: "confirm_stale")
        #expect(inspector.faults.isEmpty, "\(inspector.faults.prefix(20))")
        #expect(inspector.count > 200)
    }

    // MARK: Resources, prompts and suggestions

    @Test("is named, clean and fenced in resources, and left out under lockdown", arguments: [false, true])
    func resources(isLocked: Bool) throws {
        let inspector = Inspector(isLocked: isLocked)
        let client = try client { $0.lockdown = isLocked }
        let addresses =
            ["workspace://summary", "workspace://schema/task"] + rows.taskNumbers.map { "task://\($0)" }
            + (rows.ids["con"] ?? []).map { "customer://\($0)" }
        for address in addresses {
            let answer = try client.ask("resources/read", ["uri": .string(address)])
            let text = try #require(answer.json["result"]?["contents"]?[0]?["text"]?.string, "\(answer.text)")
            inspector.inspect(try JSONDocument(text: text).root.value, of: address)
            inspector.inspectMarks(text, of: address, nil)
        }
        #expect(inspector.faults.isEmpty, "\(inspector.faults.prefix(20))")
        #expect(inspector.count > 100)
        for method in ["tools/list", "resources/list", "resources/templates/list", "prompts/list"] {
            #expect(!Injection.isIn(try client.ask(method).text), "\(method)")
        }
    }

    @Test("is fenced in a prompt, and one clean line in what is suggested")
    func prompts() throws {
        let inspector = Inspector()
        let client = try client()
        for text in Injection.texts(marked: Injection.name).map({ String($0.prefix(200)) }) {
            let answer = try client.ask(
                "prompts/get", ["name": "customer_brief", "arguments": ["customer": .string(text)]])
            let prompt = answer.json["result"]?["messages"]?[0]?["content"]?["text"]?.string ?? ""
            #expect(prompt.contains("zqxname"), "\(answer.text)")
            inspector.inspectMarks(prompt, of: "customer_brief", nil)
        }
        #expect(inspector.faults.isEmpty, "\(inspector.faults.prefix(20))")
        let argument: JSONValue = ["name": "customer", "value": ""]
        let suggested = try client.ask(
            "completion/complete", ["ref": ["type": "ref/prompt", "name": "customer_brief"], "argument": argument])
        let values = suggested.json["result"]?["completion"]?["values"]?.elements.compactMap(\.string) ?? []
        #expect(values.contains { $0.contains("zqxname") })
        for value in values { #expect(Untrusted.line(value, limit: 200) == value, "\(value.debugDescription)") }
    }

    @Test("is clean and named where a client gives itself a name")
    func clients() throws {
        let client = try client()
        for text in Injection.texts(marked: Injection.name) {
            var request = client.request(
                "tools/call", ["name": "create_contact", "arguments": ["last_name": "Reed", "dry_run": true]])
            let body = String(decoding: request.body, as: UTF8.self)
            request.body = Array(
                body.replacing("\"service-tests\"", with: RawJSON(.string(text)).text).utf8)
            #expect(try client.wire.exchange(request).status == 200)
        }
        let inspector = Inspector()
        let log = try client.call("get_audit_log", ["action": "create_contact", "limit": 100])
        inspector.inspect(log, of: "get_audit_log")
        #expect(inspector.count > 20 && inspector.faults.isEmpty, "\(inspector.count) \(inspector.faults.prefix(20))")
    }
}
