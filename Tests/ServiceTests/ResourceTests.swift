import Catalog
import Identity
import JSON
import Postgres
import TestSupport
import Testing
import Tools

@Suite("Resources")
struct ResourceTests {
    private let bench: Bench
    private let workspace: TestWorkspace

    init() throws {
        bench = try Bench.shared.get()
        workspace = try bench.workspace()
    }

    private static let concrete = [
        "workspace://summary", "workspace://schema/task", "workspace://schema/customer", "workspace://schema/comment",
    ]
    private static let patterns = ["task://{number}", "customer://{id}", "workspace://schema/{entity}"]

    private func texts(_ result: JSONValue?, _ list: String, _ member: String) -> [String] {
        result?[list]?.elements.compactMap { $0[member]?.string } ?? []
    }

    // MARK: Lists

    @Test("are listed with what a person needs to choose, and patterns apart from them", arguments: WireEra.both)
    func lists(era: WireEra) throws {
        let client = try bench.client(workspace, era: era)
        let resources = try client.ask("resources/list").json["result"]
        #expect(texts(resources, "resources", "uri") == Self.concrete)
        let templates = try client.ask("resources/templates/list").json["result"]
        #expect(texts(templates, "resourceTemplates", "uriTemplate") == Self.patterns)
        for (result, list) in [(resources, "resources"), (templates, "resourceTemplates")] {
            let items = result?[list]?.elements ?? []
            #expect(Set(items.compactMap { $0["name"]?.string }).count == items.count)
            for item in items {
                #expect(item["title"]?.string?.isEmpty == false && item["description"]?.string?.count ?? 0 > 40)
                #expect(item["mimeType"] == "application/json")
                #expect(item["annotations"]?["audience"] != nil)
            }
            let isStateless = if case .stateless = era { true } else { false }
            #expect(result?["ttlMs"] == (isStateless ? 60_000 : nil))
            #expect(result?["cacheScope"] == (isStateless ? "private" : nil))
        }
    }

    // MARK: Contents

    @Test("of a task and of the workspace say what the tools say", arguments: WireEra.both)
    func sameAsTools(era: WireEra) throws {
        let client = try bench.client(workspace, era: era)
        let number = workspace.tasks[0].number
        let reads: [(String, String, JSONValue)] = [
            ("workspace://summary", "workspaceSummary", [:]),
            (
                "task://\(number)", "getTaskDetails",
                ["taskNumber": .integer(number), "include": ["comments", "checklist"]]
            ),
        ]
        for (uri, tool, arguments) in reads {
            let read = try client.read(uri)
            let result = read.answer.json["result"]
            #expect(result?["contents"]?.elements.count == 1)
            #expect(result?["contents"]?[0]?["uri"]?.string == uri)
            #expect(result?["contents"]?[0]?["mimeType"] == "application/json")
            let structured = try client.call(tool, arguments).structured
            #expect(read.content.withoutTimes == structured.withoutTimes, "\(uri)")
            if case .stateless = era {
                #expect(result?["ttlMs"] == 0)
                #expect(result?["cacheScope"] == "private")
            } else {
                #expect(result?["ttlMs"] == nil)
            }
        }
        let task = try client.read("task://\(number)").content
        #expect(task["untrusted_fields"]?.elements.contains("item.comments[].body") == true)
    }

    @Test("of a customer are the card and the open tasks, last touched first")
    func customer() throws {
        let client = try bench.client(workspace)
        let contact = workspace.contacts[0]
        let content = try client.read("customer://\(contact.id)").content
        #expect(content["item"]?["id"]?.string == contact.id)
        #expect(content["item"]?["name"]?.string == contact.name)
        #expect(content["item"]?["email"]?.string == contact.email)
        #expect(content["item"]?["phone"]?.string == contact.phone)
        #expect(content["item"]?["company"]?["name"] == "Alder Company")
        #expect(content["item"]?["open_tasks"] == 2)
        #expect(content["item"]?["finished_tasks"] == 0)
        #expect(
            content["open_tasks"]?.elements.compactMap { $0["number"]?.integer }
                == [workspace.tasks[2].number, workspace.tasks[0].number]
        )
        _ = try client.call("addCustomerComment", ["taskId": .string(workspace.tasks[0].id), "comment": "Hello."])
        let touched = try client.read("customer://\(contact.id)").content["open_tasks"]?[0]?["number"]?.integer
        #expect(touched == workspace.tasks[0].number)
    }

    @Test("stay within the budget of a result, and say so")
    func budget() throws {
        let connection = try bench.database.connect(as: .owner)
        let customer = Contents.CustomerText(name: "Busy Person", email: "busy@alder.example")
        let title = String(repeating: "long title ", count: 25)
        _ = try workspace.add(
            (0..<60).map { .init(number: 500 + $0, title: "\(title)\($0)", customer: customer) }, on: connection)
        let id = try bench.value(
            """
            SELECT public_id('con', id) FROM contacts
            WHERE workspace_id = \(workspace.id.uuid)::uuid AND email = \(customer.email)
            """
        )
        let read = try bench.client(workspace).read("customer://\(id ?? "")")
        #expect(read.content["item"]?["open_tasks"] == 60)
        #expect(read.content["truncated"] == true)
        let shown = read.content["open_tasks"]?.elements.count ?? 0
        #expect((20...50).contains(shown))
        #expect(read.content.text.utf8.count <= 48 * 1024)
    }

    @Test("of a schema describe every field that the tools show, and the boards")
    func schemas() throws {
        let client = try bench.client(workspace)
        let task = try client.read("workspace://schema/task")
        #expect(task.answer.json["result"]?["ttlMs"] == 60_000)
        let details = try client.call("getTaskDetails", ["taskId": .string(workspace.tasks[0].id)]).item
        let card = try client.read("customer://\(workspace.contacts[0].id)").content["item"] ?? .null
        let comments = try client.call("listTaskComments", ["taskId": .string(workspace.tasks[0].id)]).items
        for (entity, shown) in [("task", details), ("customer", card), ("comment", comments[0])] {
            let schema = try client.read("workspace://schema/\(entity)").content
            let fields = schema["fields"]?.elements.compactMap { $0["name"]?.string } ?? []
            #expect(Set(fields) == Set(shown.members.map(\.name)), "\(entity)")
            #expect(schema["entity"]?.string == entity)
            #expect((schema["boards"] != nil) == (entity == "task"))
        }
        let boards = task.content["boards"]?.elements ?? []
        #expect(boards.compactMap { $0["name"]?.string } == ["Tasks", "Alder Yard"])
        let statuses = boards[0]["states"]?.elements.compactMap { $0["status"]?.string } ?? []
        #expect(Set(statuses) == ["open", "in_progress", "waiting", "done", "cancelled"])
        #expect(boards[0]["questions"]?[0]?["label"] == "Which floor?")
    }

    // MARK: What is not there

    @Test("that do not exist are told as each era tells it", arguments: WireEra.both)
    func missing(era: WireEra) throws {
        let client = try bench.client(workspace, era: era)
        let number = workspace.tasks[0].number
        let stranger = try bench.workspace("Bluebird")
        let lead = try bench.value(
            """
            INSERT INTO contacts (workspace_id, display_name) VALUES (\(workspace.id.uuid)::uuid, 'A lead')
            RETURNING public_id('con', id)
            """
        )
        let uris = [
            "task://1", "task://0\(number)", "task://+\(number)", "task://abc", "task://", "task://\(number)/",
            "task://9223372036854775808",
            "TASK://\(number)", "task://\(stranger.tasks[0].number)", "customer://\(stranger.contacts[0].id)",
            "customer://\(workspace.tasks[0].id)", "customer://con_\(String(repeating: "0", count: 32))",
            "customer://\(lead ?? "")", "workspace://schema/board", "workspace://schema/", "workspace://",
            "file:///etc/passwd", "",
        ]
        for uri in uris {
            let answer = try client.read(uri).answer
            #expect(answer.status == 200, "\(uri)")
            let error = answer.json["error"]
            if case .stateless = era {
                #expect(error?["code"] == -32602, "\(uri)")
            } else {
                #expect(error?["code"] == -32002, "\(uri)")
            }
            #expect(error?["data"] == ["uri": .string(uri)], "\(uri)")
        }
    }

    @Test("are there exactly for those who have the tools that feed them", arguments: WireEra.both)
    func hidden(era: WireEra) throws {
        let (number, customer) = (workspace.tasks[0].number, workspace.contacts[0].id)
        let all = [
            "workspace://summary", "task://\(number)", "customer://\(customer)", "workspace://schema/task",
            "workspace://schema/customer", "workspace://schema/comment",
        ]
        let losses: [(tool: String, lost: Set<String>, patterns: [String])] = [
            ("workspaceSummary", ["workspace://summary"], Self.patterns),
            ("listWorkspaceTasks", [], Self.patterns),
            ("searchWorkspaceTasks", ["customer://\(customer)"], ["task://{number}", "workspace://schema/{entity}"]),
            (
                "getTaskDetails",
                [
                    "task://\(number)", "customer://\(customer)", "workspace://schema/task",
                    "workspace://schema/customer",
                ],
                ["workspace://schema/{entity}"]
            ),
            ("listTaskComments", ["workspace://schema/comment"], Self.patterns),
            ("addCustomerComment", [], Self.patterns),
        ]
        #expect(
            Set(losses.map(\.tool)) == Set(Catalog.registry.tools.filter { $0.toolset == "core" }.map(\.name)),
            "Every tool is taken away once")
        for (tool, lost, patterns) in losses {
            let token = try bench.token(for: workspace) { $0.deny = [tool] }
            let client = try bench.service.client(workspace, token, era: era)
            for uri in all {
                let isThere = try client.read(uri).answer.json["result"] != nil
                #expect(isThere == !lost.contains(uri), "\(uri) without \(tool)")
            }
            let listed = texts(try client.ask("resources/list").json["result"], "resources", "uri")
            #expect(listed == Self.concrete.filter { !lost.contains($0) }, "without \(tool)")
            let templates = try client.ask("resources/templates/list").json["result"]
            #expect(texts(templates, "resourceTemplates", "uriTemplate") == patterns, "without \(tool)")
        }
        let nothing = try bench.service.client(workspace, try bench.token(for: workspace) { $0.allow = [] }, era: era)
        #expect(try nothing.ask("resources/list").json["result"]?["resources"] == [])
        #expect(try nothing.ask("resources/templates/list").json["result"]?["resourceTemplates"] == [])
        #expect(try nothing.read("workspace://summary").answer.json["error"] != nil)
    }

    @Test("that are hidden cannot be told from those that are not")
    func hiddenLikeMissing() throws {
        let token = try bench.token(for: workspace) { $0.deny = ["getTaskDetails"] }
        let client = try bench.service.client(workspace, token)
        let there = try client.read("task://\(workspace.tasks[0].number)").answer.comparable
        let not = try client.read("task://1").answer.comparable
        #expect(there.replacing("\(workspace.tasks[0].number)", with: "1").withoutID == not.withoutID)
    }

    // MARK: Ways

    @Test("and prompts are read in a batch too")
    func batch() throws {
        let client = try bench.client(workspace, era: .handshake("2025-03-26"))
        try client.open()
        func message(_ id: Int64, _ method: String, _ params: JSONValue) -> JSONValue {
            ["jsonrpc": "2.0", "id": .integer(id), "method": .string(method), "params": params]
        }
        var request = client.request("ping")
        request.body =
            RawJSON([
                message(1, "resources/read", ["uri": "workspace://summary"]),
                message(2, "resources/read", ["uri": "task://1"]),
                message(3, "prompts/get", ["name": "daily_brief"]),
                message(
                    4, "completion/complete",
                    [
                        "ref": ["type": "ref/resource", "uri": "workspace://schema/{entity}"],
                        "argument": ["name": "entity", "value": "t"],
                    ]
                ),
            ]).bytes
        let answers = try client.wire.exchange(request).json.elements
        func answer(_ id: Int64) -> JSONValue? { answers.first { $0["id"]?.integer == id } }
        #expect(answer(1)?["result"]?["contents"]?[0]?["text"]?.string?.contains("Alder Works") == true)
        #expect(answer(2)?["error"]?["code"] == -32002)
        #expect(answer(3)?["result"]?["messages"]?.elements.count == 1)
        #expect(answer(4)?["result"]?["completion"]?["values"] == ["task"])
    }

    @Test("need a token and a session that are valid, like everything")
    func access() throws {
        let token = try bench.token(for: workspace) { $0.name = "reader" }
        let client = try bench.service.client(workspace, token, era: .handshake("2025-11-25"))
        try client.open()
        let request = client.request("resources/read", ["uri": "workspace://summary"])
        #expect(try client.wire.exchange(request).status == 200)
        var other = request
        other["Authorization"] = "Bearer " + (try bench.token(for: workspace))
        #expect(try client.wire.exchange(other).status == 404, "The session is another token's")
        _ = try bench.registry(of: workspace) { try $0.revoke("reader") }
        #expect(try client.wire.exchange(request).status == 401)
    }

    @Test("leave an audit event, a log line and a count, with nothing of what was asked for")
    func traces() throws {
        let bench = try Bench()
        let workspace = try bench.workspace()
        let token = try bench.token(for: workspace) { $0.deny = ["workspaceSummary"] }
        let client = try bench.service.client(workspace, token)
        _ = try client.read("task://\(workspace.tasks[0].number)")
        _ = try client.read("task://1")
        _ = try client.read("workspace://summary")
        _ = try client.read("made-up://by-the-client")
        _ = try client.ask("prompts/get", ["name": "customer_brief", "arguments": ["customer": "Elizabeth"]])
        _ = try client.ask("prompts/get", ["name": "customer_brief", "arguments": ["customr": "Elizabeth"]])
        _ = try client.complete("prompt", "customer_brief", "customer", "Eliz")
        var metrics = WireRequest(method: "GET", path: "/metrics")
        metrics["Host"] = "127.0.0.1"
        let counted = try client.wire.exchange(metrics).text.split(separator: "\n")
        bench.service.stop()
        let rows = try bench.database.connect(as: .superuser).query(
            """
            SELECT action, tool, outcome, error_code, args_digest IS NOT NULL, row_to_json(a)::text FROM audit_events AS a
            WHERE workspace_id = \(workspace.id.uuid)::uuid AND actor_kind = 'credential' ORDER BY at, id
            """
        )
        let kept = (0..<rows.rowCount).map { row in (0..<4).map { rows.string(row, $0) ?? "-" } }
        #expect(
            kept == [
                ["resources/read", "task", "ok", "-"], ["resources/read", "task", "error", "not_found"],
                ["resources/read", "summary", "denied", "unknown"], ["resources/read", "-", "denied", "unknown"],
                ["prompts/get", "customer_brief", "ok", "-"],
                ["prompts/get", "customer_brief", "error", "validation_failed"],
                ["completion/complete", "customer_brief", "ok", "-"],
            ]
        )
        for row in 0..<rows.rowCount {
            #expect(rows.bool(row, 4) == true)
            let text = rows.string(row, 5) ?? ""
            #expect(!text.contains("Eliz") && !text.contains("://") && !text.contains("made"))
        }
        #expect(
            counted.contains { line in
                line.hasPrefix("fetches_total") && line.contains(#"method="resources/read""#)
                    && line.contains(#"outcome="denied""#)
                    && line.hasSuffix(" 2")
            }
        )
        let log = bench.service.lines.text
        #expect(log.contains(#""fetched":"task""#) && log.contains(#""method":"completion/complete""#))
        #expect(!log.contains("Eliz") && !log.contains("://\(workspace.tasks[0].number)"))
    }
}

/// What a read came back with.
struct ReadReply {
    let answer: WireAnswer

    /// The content as JSON.
    var content: JSONValue {
        let text = answer.json["result"]?["contents"]?[0]?["text"]?.string ?? ""
        return (try? JSONDocument(text: text).root.value) ?? .null
    }
}

extension Client {
    /// Reads a resource.
    func read(_ uri: String) throws -> ReadReply {
        ReadReply(answer: try ask("resources/read", ["uri": .string(uri)]))
    }

    /// Asks how a value goes on.
    func complete(_ kind: String, _ name: String, _ argument: String, _ value: String) throws -> WireAnswer {
        let reference: JSONValue =
            kind == "prompt"
            ? ["type": "ref/prompt", "name": .string(name)] : ["type": "ref/resource", "uri": .string(name)]
        return try ask(
            "completion/complete",
            ["ref": reference, "argument": ["name": .string(argument), "value": .string(value)]]
        )
    }
}

extension JSONValue {
    /// The value as text without what depends on when it was asked for.
    fileprivate var withoutTimes: String { unfenced.text.replacing(/"since":"[^"]*"/, with: "") }
}

extension String {
    /// An answer without its request's id.
    fileprivate var withoutID: String { replacing(/"id":\d+/, with: "") }
}
