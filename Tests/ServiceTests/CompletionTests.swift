import Identity
import JSON
import Postgres
import TestSupport
import Testing

@Suite("Suggestions")
struct CompletionTests {
    private let bench: Bench
    private let workspace: TestWorkspace

    init() throws {
        bench = try Bench.shared.get()
        workspace = try bench.workspace()
    }

    private func values(_ answer: WireAnswer) -> [String] {
        answer.json["result"]?["completion"]?["values"]?.elements.compactMap(\.string) ?? ["no answer: \(answer.text)"]
    }

    private func customers(_ client: Client, _ typed: String) throws -> [String] {
        values(try client.complete("prompt", "customer_brief", "customer", typed))
    }

    private func add(_ names: [String], firstNumber: Int64 = 2_000) throws {
        let tasks = names.enumerated().map { index, name in
            Contents.TaskText(
                number: firstNumber + Int64(index), title: "A task",
                customer: .init(name: name, email: "\(index)@x.example")
            )
        }
        _ = try workspace.add(tasks, on: try bench.database.connect(as: .owner))
    }

    // MARK: Names

    @Test("of customers begin so, or have a word that does, whatever marks and case are typed", arguments: WireEra.both)
    func names(era: WireEra) throws {
        try add(["Rémi Dupont", "Renate Ölmez", "Dupré Ann", "O’Brien Pat", "Łucja Wójcik", "Ann Lee Dupont"])
        let client = try bench.client(workspace, era: era)
        #expect(try customers(client, "dup") == ["Dupré Ann", "Ann Lee Dupont", "Rémi Dupont"])
        #expect(try customers(client, "DUPRE") == ["Dupré Ann"])
        #expect(try customers(client, "rem") == ["Rémi Dupont"])
        #expect(try customers(client, "rémi d") == ["Rémi Dupont"])
        #expect(try customers(client, "Dupont, R") == ["Rémi Dupont"])
        #expect(try customers(client, "olmez") == ["Renate Ölmez"])
        #expect(try customers(client, "obr") == ["O’Brien Pat"])
        #expect(try customers(client, "wojcik ł") == ["Łucja Wójcik"])
        #expect(try customers(client, "lee") == ["Ann Lee Dupont"])
        #expect(try customers(client, "zzz") == [])
        #expect(try customers(client, "emi") == [], "Not inside of a word")
        #expect(try customers(client, "%") == (try customers(client, "")), "A sign is nothing yet")
    }

    @Test("of customers come as soon as the field is there, those of the latest tasks first")
    func beforeTyping() throws {
        let client = try bench.client(workspace)
        _ = try client.call(
            "addCustomerComment", ["taskId": .string(workspace.tasks[1].id), "comment": "Hello."]
        )
        #expect(try customers(client, "") == [workspace.contacts[1].name, workspace.contacts[0].name])
    }

    @Test("of customers are those that a search finds, if no name goes on as typed", arguments: WireEra.both)
    func spelling(era: WireEra) throws {
        try add(["Elizabeth Stephenson", "Жанна Щербакова", "William Tubbs", "William Tubbs", "Otto Neumann"])
        let client = try bench.client(workspace, era: era)
        #expect(try customers(client, "stefenson") == ["Elizabeth Stephenson"])
        #expect(try customers(client, "bill tubbs") == ["William Tubbs"], "A customer of two tasks is named once")
        #expect(try customers(client, "scherbakova") == ["Жанна Щербакова"])
        #expect(try customers(client, "neuman otto") == ["Otto Neumann"])
        #expect(try customers(client, "furnace") == [], "What a task is about is no name")
        #expect(try customers(client, "\(workspace.name) Company") == [], "Nor is a company")
        let ids = values(try client.complete("resource", "customer://{id}", "id", "stefenson"))
        #expect(ids.count == 1 && ids[0].hasPrefix("con_"))
        let stranger = try bench.client(bench.workspace("Birch"), era: era)
        #expect(try customers(stranger, "stefenson") == [])
    }

    @Test("name a customer once, and nobody whom no task names")
    func onlyCustomers() throws {
        try add(["Ann Lee", "Ann Lee", "Ann Other"])
        let client = try bench.client(workspace)
        _ = try bench.value(
            """
            WITH lead AS (
                INSERT INTO contacts (workspace_id, display_name)
                VALUES (\(workspace.id.uuid)::uuid, 'Ann Lead') RETURNING workspace_id, id
            )
            INSERT INTO contact_names (workspace_id, contact_id, is_turned, name)
            SELECT workspace_id, id, false, 'ann lead' FROM lead
            """
        )
        #expect(try customers(client, "ann") == ["Ann Lee", "Ann Other"])
        _ = try bench.value(
            """
            UPDATE contacts SET deleted_at = now()
            WHERE workspace_id = \(workspace.id.uuid)::uuid AND display_name = 'Ann Other'
            """
        )
        #expect(try customers(client, "ann") == ["Ann Lee"])
    }

    @Test("are a hundred at most, and say that there are more")
    func bound() throws {
        try add((0..<130).map { "Zoe Number\($0)" })
        let client = try bench.client(workspace)
        for (kind, name, argument, typed) in [
            ("prompt", "customer_brief", "customer", "zoe"), ("prompt", "customer_brief", "customer", "number"),
            ("prompt", "customer_brief", "customer", ""), ("resource", "customer://{id}", "id", "zoe"),
            ("resource", "customer://{id}", "id", "con_"), ("resource", "task://{number}", "number", ""),
            ("resource", "task://{number}", "number", "2"),
        ] {
            let answer = try client.complete(kind, name, argument, typed)
            #expect(values(answer).count == 100, "\(name) \(typed)")
            #expect(answer.json["result"]?["completion"]?["hasMore"] == true, "\(name) \(typed)")
            #expect(Set(values(answer)).count == 100)
        }
        let few = try client.complete("prompt", "customer_brief", "customer", "zoe number12")
        #expect(values(few) == ["Zoe Number12"] + (0...9).map { "Zoe Number12\($0)" })
        #expect(few.json["result"]?["completion"]?["hasMore"] == false)
    }

    // MARK: Numbers, identifiers, words

    @Test("of task numbers begin with what was typed, the newest first", arguments: WireEra.both)
    func numbers(era: WireEra) throws {
        let tasks = [7, 70, 71, 7_001, 7_100, 700_000, 17].map { Contents.TaskText(number: $0, title: "A task") }
        _ = try workspace.add(tasks, on: try bench.database.connect(as: .owner))
        let client = try bench.client(workspace, era: era)
        func numbers(_ typed: String) throws -> [String] {
            values(try client.complete("resource", "task://{number}", "number", typed)).filter {
                Int($0) ?? 0 < 10_000 || $0 == "700000"
            }
        }
        let own = workspace.tasks.map { String($0.number) }
        #expect(try numbers("7").filter { !own.contains($0) } == ["700000", "7100", "7001", "71", "70", "7"])
        #expect(try numbers("70") == ["700000", "7001", "70"])
        #expect(try numbers("#71") == ["7100", "71"])
        #expect(try numbers("7000000") == [])
        for typed in ["x", "07", "-7", "7.", "99999999999999999999", "9007199254740992"] {
            #expect(try numbers(typed) == [], "\(typed)")
        }
        let all = values(try client.complete("resource", "task://{number}", "number", ""))
        #expect(all == (own + tasks.map { String($0.number) }).sorted { Int($0) ?? 0 > Int($1) ?? 0 })
        _ = try bench.value(
            "UPDATE tasks SET deleted_at = now() WHERE workspace_id = \(workspace.id.uuid)::uuid AND number = 70"
        )
        #expect(try numbers("70") == ["700000", "7001"])
    }

    @Test("of customers' identifiers go by identifier or by name")
    func identifiers() throws {
        let client = try bench.client(workspace)
        let ids = workspace.contacts.map(\.id)
        func found(_ typed: String) throws -> [String] {
            values(try client.complete("resource", "customer://{id}", "id", typed))
        }
        #expect(try found("elizabeth") == [ids[0]])
        #expect(try found("Alderson") == ids || found("Alderson") == ids.reversed())
        #expect(try Set(found("con_")) == Set(ids))
        #expect(try found(ids[0]) == [ids[0]])
        #expect(try found(String(ids[1].dropLast(1))).contains(ids[1]))
        #expect(try found("con_ffff") == [])
        #expect(try found("con_xyz") == [] && found(ids[0] + "0") == [])
        for typed in ["", "c", "con"] { #expect(try Set(found(typed)) == Set(ids), "\(typed)") }
    }

    @Test("of words are all there are")
    func words() throws {
        let client = try bench.client(workspace)
        func entities(_ client: Client, _ typed: String) throws -> [String] {
            values(try client.complete("resource", "workspace://schema/{entity}", "entity", typed))
        }
        #expect(try entities(client, "") == ["task", "customer", "comment"])
        #expect(try entities(client, "c") == ["customer", "comment"])
        #expect(try entities(client, "x") == [])
        let token = try bench.token(for: workspace) { $0.deny = ["listTaskComments"] }
        #expect(try entities(try bench.service.client(workspace, token), "c") == ["customer"])
        #expect(values(try client.complete("prompt", "close_stale_tasks", "days", "3")) == ["30", "365"])
    }

    // MARK: Permissions

    @Test("are made for what is there, to those who may look for it", arguments: WireEra.both)
    func permissions(era: WireEra) throws {
        func client(without tool: String) throws -> Client {
            try bench.service.client(workspace, try bench.token(for: workspace) { $0.deny = [tool] }, era: era)
        }
        let asked: [(kind: String, name: String, argument: String)] = [
            ("prompt", "customer_brief", "customer"), ("resource", "task://{number}", "number"),
            ("resource", "customer://{id}", "id"),
        ]
        func answers(_ client: Client) throws -> [Int?] {
            try asked.map { kind, name, argument in
                let answer = try client.complete(kind, name, argument, "")
                if answer.json["error"]?["code"] == -32602 { return nil }
                return values(answer).count
            }
        }
        #expect(try answers(bench.client(workspace, era: era)) == [2, 4, 2])
        #expect(try answers(client(without: "searchWorkspaceTasks")) == [nil, 4, nil])
        #expect(try answers(client(without: "listWorkspaceTasks")) == [2, 0, 2], "Numbers are what the list shows")
        #expect(try answers(client(without: "getTaskDetails")) == [nil, nil, nil])
        #expect(try answers(client(without: "workspaceSummary")) == [2, 4, 2])
    }

    @Test("are refused for what is not there", arguments: WireEra.both)
    func unknown(era: WireEra) throws {
        let client = try bench.client(workspace, era: era)
        for (kind, name, argument) in [
            ("prompt", "zzz", "customer"), ("prompt", "customer_brief", "zzz"), ("prompt", "daily_brief", "customer"),
            ("resource", "zzz://{id}", "id"), ("resource", "task://{number}", "id"),
            ("resource", "workspace://summary", "number"),
        ] {
            let answer = try client.complete(kind, name, argument, "")
            #expect(answer.status == 200)
            #expect(answer.json["error"]?["code"] == -32602, "\(name) \(argument)")
        }
    }
}
