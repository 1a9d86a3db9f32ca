import Identity
import JSON
import Postgres
import TestSupport
import Testing

@Suite("A bulk update")
struct BulkTests {
    private let bench: Bench
    private let workspace: TestWorkspace
    private let client: Client

    init() throws {
        bench = try Bench.shared.get()
        workspace = try bench.workspace("Aspen")
        client = try bench.client(workspace, profile: .all)
    }

    private func contacts(_ count: Int, _ extra: JSONValue = [:]) throws -> [JSONValue] {
        try (0..<count).map { number in
            try client.call("create_contact", extra.adding("last_name", .string("Bulk \(number)"))).item["id"] ?? .null
        }
    }

    private func item(_ contact: JSONValue) throws -> JSONValue { try client.call("get_contact", ["id": contact]).item }

    @Test("sets the same fields on many rows, tells each row's change, and is taken back as one")
    func ids() throws {
        let ids = try contacts(25, ["job_title": "Clerk"])
        let arguments: JSONValue = [
            "ids": .array(ids),
            "set": ["city": "Leeds", "owner": .string(workspace.members[1].email), "clear": ["job_title"]],
        ]
        let dry = try client.call("bulk_update_contacts", arguments.adding("dry_run", true))
        #expect(dry.structured["updated"] == 25 && dry.structured["undo_token"] == nil)
        #expect(try item(ids[0])["city"] == .null)
        let done = try client.call("bulk_update_contacts", arguments)
        #expect(done.structured["count"] == 25 && done.structured["updated"] == 25, "\(done.answer.text)")
        #expect(Set(done.structured["changed"]?.elements.compactMap(\.string) ?? []) == ["city", "owner", "job_title"])
        #expect(done.structured["rows"]?.elements.count == 20)
        #expect(done.structured["rows"]?[0]?["changes"]?["job_title"] == ["from": "Clerk", "to": .null])
        for id in ids {
            let item = try item(id)
            #expect(item["city"] == "Leeds" && item["owner"]?["name"]?.string == workspace.members[1].name)
        }
        let events = try bench.count(
            """
            SELECT count(*) FROM audit_events WHERE workspace_id = \(workspace.id.uuid)::uuid
                AND tool = 'bulk_update_contacts' AND entity = 'contact' AND changes->'city'->>'to' = 'Leeds'
            """)
        #expect(events == 25)
        let undone = try client.call("undo_action", ["undo_token": done.structured["undo_token"] ?? .null])
        #expect(undone.structured["updated"] == 25, "\(undone.answer.text)")
        for id in ids { #expect(try item(id)["job_title"] == "Clerk") }
        let again = try client.call("undo_action", ["undo_token": undone.structured["undo_token"] ?? .null])
        #expect(again.structured["updated"] == 25)
        #expect(try item(ids[3])["city"] == "Leeds")
    }

    @Test("is taken back for all rows or none")
    func lateUndo() throws {
        let ids = try contacts(3)
        let done = try client.call("bulk_update_contacts", ["ids": .array(ids), "set": ["city": "York"]])
        _ = try client.call("update_contact", ["id": ids[1], "city": "Bath"])
        let undo = try client.call("undo_action", ["undo_token": done.structured["undo_token"] ?? .null])
        #expect(undo.code == "version_conflict")
        #expect(try item(ids[0])["city"] == "York" && item(ids[1])["city"] == "Bath")
    }

    @Test("changes what a filter finds, if it finds as many as expected")
    func filter() throws {
        let company = try client.call("create_company", ["name": "Aspen Mill"]).item["id"] ?? .null
        let ids = try contacts(4, ["company": company])
        let arguments: JSONValue = ["filter": ["company": company], "expect_count": 3, "set": ["city": "Hull"]]
        let refused = try client.call("bulk_update_contacts", arguments)
        #expect(refused.code == "validation_failed" && refused.message.contains("there are 4"))
        #expect(try item(ids[0])["city"] == .null)
        let done = try client.call("bulk_update_contacts", arguments.adding("expect_count", 4))
        #expect(done.structured["updated"] == 4)
        #expect(try item(ids[3])["city"] == "Hull")
        let same = try client.call("bulk_update_contacts", arguments.adding("expect_count", 4))
        #expect(same.structured["updated"] == 0 && same.structured["undo_token"] == nil)
        #expect(try item(ids[3])["version"] == 2, "What has the value already is not written")
    }

    @Test("waits where risky writes do, and is stale when the filter finds other rows")
    func confirmation() throws {
        let token = try bench.token(for: workspace) {
            $0.profile = .all
            $0.confirmation = .risky
        }
        let careful = try bench.service.client(workspace, token)
        let ids = try contacts(2, ["lead_status": "qualified"])
        let arguments: JSONValue = ["filter": ["lead_status": "qualified"], "expect_count": 2, "set": ["city": "Ely"]]
        let shown = try careful.call("bulk_update_contacts", arguments)
        #expect(shown.structured["summary"] == "Update 2 of 2 contacts: city.", "\(shown.answer.text)")
        #expect(shown.structured["preview"]?["rows"]?.elements.count == 2 && shown.structured["reversible"] == true)
        _ = try client.call("update_contact", ["id": ids[0], "lead_score": 7])
        let stale = try careful.call("confirm_action", ["confirmToken": shown.structured["confirmToken"] ?? .null])
        #expect(stale.code == "confirm_stale")
        let token2 = stale.structured["error"]?["confirmToken"] ?? .null
        #expect(try careful.call("confirm_action", ["confirmToken": token2]).structured["updated"] == 2)
        #expect(try item(ids[1])["city"] == "Ely")
        _ = try client.call("bulk_update_contacts", ["ids": .array(ids), "set": ["lead_status": "new"]])
        let gone = try careful.call("bulk_update_contacts", arguments)
        #expect(gone.code == "validation_failed")
    }

    @Test(
        "refuses what is wrong, and changes nothing",
        arguments: [
            (["set": ["city": "X"]], "ids"), (["ids": [], "set": ["city": "X"]], "ids"),
            (["ids": ["con_1"], "set": ["city": "X"]], "ids[0]"),
            (["filter": [:], "set": ["city": "X"]], "expect_count"),
            (["filter": [:], "expect_count": 201, "set": ["city": "X"]], "expect_count"),
            (["filter": ["typ": "lead"], "expect_count": 1, "set": ["city": "X"]], "type"),
            (["filter": [:], "expect_count": 1, "set": ["name": "X"]], "set.name"),
            (["filter": [:], "expect_count": 1, "set": [:]], "set"),
            (["filter": [:], "expect_count": 1], "set"),
            (["filter": [:], "expect_count": 2, "set": ["type": "golden"]], "set.type"),
            (["filter": [:], "expect_count": 2, "set": ["owner": "nobody@example.com"]], "owner"),
        ] as [(JSONValue, String)])
    func refusals(arguments: JSONValue, word: String) throws {
        let workspace = try bench.workspace("Aspen")
        let client = try bench.client(workspace, profile: .all)
        let reply = try client.call("bulk_update_contacts", arguments)
        #expect(reply.code == "validation_failed" && reply.message.contains(word), "\(reply.answer.text)")
        let changed = try bench.count(
            "SELECT count(*) FROM contacts WHERE workspace_id = \(workspace.id.uuid)::uuid AND version > 1")
        #expect(changed == 0)
    }

    @Test("takes 200 rows and no more, and none where one is missing or another workspace's")
    func bounds() throws {
        _ = try bench.value(
            """
            INSERT INTO contacts (workspace_id, display_name, last_name, source)
            SELECT \(workspace.id.uuid)::uuid, 'Crowd ' || n, 'Crowd ' || n, 'crowd' FROM generate_series(1, 201) AS n
            """)
        let rows = try bench.database.connect(as: .superuser).query(
            """
            SELECT public_id('con', id) FROM contacts
            WHERE workspace_id = \(workspace.id.uuid)::uuid AND source = 'crowd' ORDER BY id
            """)
        let ids = (0..<rows.rowCount).compactMap { rows.string($0, 0).map(JSONValue.string) }
        let set: JSONValue = ["set": ["city": "Deal"]]
        #expect(
            try client.call("bulk_update_contacts", set.adding("ids", .array(ids))).code == "validation_failed")
        let tooMany = set.adding("filter", ["updated_since": "2020-01-01"]).adding("expect_count", 200)
        #expect(try client.call("bulk_update_contacts", tooMany).code == "too_large")
        let other = try bench.workspace("Sorrel")
        for foreign in [other.contacts[0].id, "con_00000000000000000000000000000000"] {
            let mixed = set.adding("ids", .array(Array(ids.prefix(3)) + [.string(foreign)]))
            #expect(try client.call("bulk_update_contacts", mixed).code == "not_found")
        }
        #expect(try item(ids[0])["city"] == .null)
        let done = try client.call("bulk_update_contacts", set.adding("ids", .array(Array(ids.prefix(200)))))
        #expect(done.structured["updated"] == 200, "\(done.answer.text)")
    }

    @Test("happens once for a key")
    func idempotency() throws {
        let ids = try contacts(2)
        let arguments: JSONValue = ["ids": .array(ids), "set": ["city": "Rye"], "idempotency_key": "b1"]
        let first = try client.call("bulk_update_contacts", arguments)
        let again = try client.call("bulk_update_contacts", arguments)
        #expect(again.structured["replayed"] == true && again.structured["updated"] == first.structured["updated"])
        #expect(try item(ids[0])["version"] == 2)
    }
}
