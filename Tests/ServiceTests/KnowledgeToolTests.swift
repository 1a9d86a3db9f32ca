import Catalog
import Identity
import JSON
import Postgres
import TestSupport
import Testing
import Tools

@Suite("Tools of knowledge and people")
struct KnowledgeToolTests {
    private let bench: Bench
    private let workspace: TestWorkspace
    private let client: Client

    init() throws {
        bench = try Bench.shared.get()
        workspace = try bench.workspace("Sorrel")
        client = try bench.client(workspace, profile: .all)
        for (title, body, category, status) in [
            ("Bleeding radiators", "Turn the valves with the key until no air comes.", "How to", "published"),
            ("Warranty", "Two years on repairs of valves and pumps.", "Policies", "published"),
            ("Réglage du thermostat", "Appuyer longuement sur la molette.", "Mode d'emploi", "published"),
            ("Secret draft about valves", "Not yet.", "How to", "draft"),
        ] {
            _ = try bench.value(
                """
                INSERT INTO documents (workspace_id, title, body, category, status)
                VALUES (\(workspace.id.uuid)::uuid, \(title), \(body), \(category), \(status))
                """)
        }
    }

    @Test(
        "find documents by word forms, by some of the words, and by titles nearly right",
        arguments: [
            (["query": "valve"], ["Bleeding radiators", "Warranty"], "all_words"),
            (["query": "repairing pumps"], ["Warranty"], "all_words"),
            (["query": "valve", "category": "Policies"], ["Warranty"], "all_words"),
            (["query": "valve -key"], ["Warranty"], "all_words"),
            (["query": "molette"], ["Réglage du thermostat"], "all_words"),
            (["query": "radiator unicorn"], ["Bleeding radiators"], "some_words"),
            (["query": "bleding radiatrs"], ["Bleeding radiators"], "similar_title"),
            (["query": "unicorn"], [], ""),
            (["query": "the"], [], ""),
        ] as [(JSONValue, [String], String)]
    )
    func search(arguments: JSONValue, titles: [String], match: String) throws {
        let reply = try client.call("search_knowledge_base", arguments)
        #expect(Set(reply.items.compactMap { $0["title"]?.string }) == Set(titles), "\(reply.answer.text)")
        #expect(reply.items.allSatisfy { $0["match"]?.string == match })
        #expect(
            reply.structured["mode"] == "text"
                && reply.structured["mode_reason"]?.string?.contains("embeddings") == true)
        #expect((reply.structured["relaxed"] == true) == (match == "some_words"))
        #expect((reply.structured["hint"] != nil) == titles.isEmpty)
    }

    @Test("show excerpts of the length that was asked for, and take any query")
    func excerpts() throws {
        let long = Array(repeating: "filler words go on", count: 400).joined(separator: " ")
        _ = try bench.value(
            """
            INSERT INTO documents (workspace_id, title, body, status)
            VALUES (\(workspace.id.uuid)::uuid, 'Long', \(long + " the xylophone clause " + long), 'published')
            """)
        let hit = try client.call("search_knowledge_base", ["query": "xylophone", "max_chars": 150, "mode": "text"])
        let excerpt = hit.items.first?["excerpt"]?.string ?? ""
        #expect(excerpt.contains("xylophone") && excerpt.count <= 150, "\(excerpt)")
        #expect(hit.structured["mode_reason"] == "Asked for.")
        for query in ["'", "a & b | !c", "\"open", "\\", "<->", ":*", "a'b & ''", "http://x.y/?a=b&c=d"] {
            let reply = try client.call("search_knowledge_base", ["query": .string(query)])
            #expect(!reply.isError, "\(query) \(reply.answer.text)")
        }
        let document = try client.call("get_document", ["id": hit.items.first?["id"] ?? .null]).item
        #expect(
            document["body"]?.string?.hasSuffix("…") == true
                && document["body_length"]?.integer == Int64(long.count * 2 + 22))
    }

    @Test("suggest what the rows show, with the rows, and not again once it was acknowledged")
    func suggestions() throws {
        _ = try bench.value(
            """
            UPDATE tasks SET due_date = current_date - 9, priority = 'high'
            WHERE workspace_id = \(workspace.id.uuid)::uuid AND number = \(workspace.tasks[1].number)
            """)
        let task = workspace.tasks[1]
        let all = { try client.call("get_ai_suggestions", ["limit": 50]) }
        let before = try all()
        let item = try #require(
            before.items.first { $0["subject"]?["id"]?.string == task.id }, "\(before.answer.text)")
        #expect(item["kind"] == "follow_up" && item["title"]?.string == "Give task \(task.number) to somebody")
        let evidence = item["evidence"]?.elements ?? []
        #expect(evidence.map { $0["field"]?.string } == ["due_date", "assignees"])
        #expect(evidence[0]["id"]?.string == task.id && evidence[1]["value"] == [])
        let shown = try client.call("getTaskDetails", ["taskId": .string(task.id)]).item
        #expect(shown["due_date"] == evidence[0]["value"])
        #expect(before.items.contains { $0["subject"]?["entity"] == "application" })
        #expect(try client.call("get_ai_suggestions", ["kinds": ["duplicate"]]).items == [])

        let marked = try client.call(
            "acknowledge_suggestion",
            ["id": item["id"] ?? .null, "status": "dismissed", "note": "It is the customer's turn."])
        #expect(marked.item["status"] == "dismissed" && marked.item["title"] == item["title"], "\(marked.answer.text)")
        #expect(try all().items.count == before.items.count - 1)
        let dismissed = try client.call("get_ai_suggestions", ["status": "dismissed"]).items
        #expect(dismissed.map { $0["id"] } == [item["id"]] && dismissed[0]["note"] == "It is the customer's turn.")
        let again = try client.call("acknowledge_suggestion", ["id": item["id"] ?? .null, "status": "dismissed"])
        #expect(again.structured["changed"] == [])
        _ = try client.call("undo_action", ["undo_token": marked.structured["undo_token"] ?? .null])
        #expect(try all().items.count == before.items.count)
        // Another day that it is due is another occasion.
        _ = try client.call("update_task", ["id": .string(task.id), "due_date": "2020-01-01"])
        let moved = try all().items.first { $0["subject"]?["id"]?.string == task.id }
        #expect(moved != nil && moved?["id"] != item["id"])
        let gone = try client.call("acknowledge_suggestion", ["id": item["id"] ?? .null, "status": "dismissed"])
        #expect(gone.code == "not_found", "\(gone.answer.text)")
    }

    @Test("suggest by every rule, on data that has its occasion")
    func rules() throws {
        let contact = try client.call("create_contact", ["first_name": "Twin", "email": "twin@sorrel.example"]).item
        _ = try client.call("create_contact", ["first_name": "Other", "email": "TWIN@sorrel.example"])
        let ticket = try client.call("create_ticket", ["title": "Late", "priority": "urgent"]).item
        let key = RowID(ticket["id"]?.string ?? "", prefix: "tkt")?.digits ?? ""
        try bench.database.connect(as: .superuser).execute(
            script: """
                SELECT set_config('workport.workspace_id', '\(workspace.id.uuid)', false);
                UPDATE tickets SET created_at = created_at - interval '2 hours' WHERE id = '\(key)';
                UPDATE ticket_status_changes SET at = at - interval '2 hours' WHERE ticket_id = '\(key)';
                CALL settle_ticket('\(key)');
                UPDATE tasks SET updated_at = now() - interval '200 days' WHERE workspace_id = '\(workspace.id.uuid)';
                UPDATE tickets SET contact_id = NULL WHERE workspace_id = '\(workspace.id.uuid)';
                """)
        let items = try client.call("get_ai_suggestions", ["limit": 50]).items
        let found = items.map { "\($0["kind"]?.string ?? "") \($0["subject"]?["entity"]?.string ?? "")" }
        #expect(
            Set(found).isSuperset(of: [
                "sla_risk ticket", "duplicate contact", "follow_up contact", "follow_up application",
            ]))
        #expect(items.first?["subject"]?["id"] == ticket["id"], "The most pressing first")
        let twins = items.first { $0["kind"] == "duplicate" }
        #expect(twins?["subject"]?["id"] == contact["id"] && twins?["evidence"]?.elements.count == 2)
    }

    @Test("tell who is there, and in which teams")
    func people() throws {
        let members = try client.call("list_team_members").items
        #expect(members.compactMap { $0["name"]?.string } == workspace.members.map(\.name).sorted())
        let team = JSONValue.string(workspace.rows["tea"] ?? "")
        let inTeam = try client.call("list_team_members", ["team": team]).items
        #expect(inTeam.map { $0["id"]?.string } == [workspace.members[0].id])
        let user = try client.call("get_user", ["id": .string(workspace.members[0].id)]).item
        #expect(user["open_tasks"] == 1 && user["open_tickets"] == 2 && user["teams"]?.elements.count == 2)
        let teams = try client.call(
            "list_teams", ["member": .string(workspace.members[0].email), "sort": "name", "order": "asc"])
        #expect(teams.items.compactMap { $0["name"]?.string } == ["Sorrel crew", "Sorrel team"])
        #expect(teams.items.allSatisfy { $0["members"]?.elements.first?["id"]?.string == workspace.members[0].id })
        #expect(try client.call("get_user", ["id": "usr_00000000000000000000000000000000"]).code == "not_found")
    }
}
