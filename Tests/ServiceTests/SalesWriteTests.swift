import Identity
import JSON
import Postgres
import Testing
import Tools

/// Deals, activities, quotations and invoices, written by a client.
@Suite("Writes of sales")
struct SalesWriteTests {
    private let bench: Bench
    private let workspace: TestWorkspace
    private let client: Client

    init() throws {
        bench = try Bench.shared.get()
        workspace = try bench.workspace("Rowan")
        client = try bench.client(workspace, profile: .all)
    }

    // MARK: Deals

    @Test("close a deal that enters a won or a lost stage, say so, and open it again when taken back")
    func closing() throws {
        let deal = try done(
            "create_deal",
            [
                "title": "Boiler", "value": money(120_000), "stage": try stage("Proposal"), "owner": "me",
                "expected_close_date": "2026-12-24",
            ])
        #expect(deal.item["status"] == "open" && deal.item["probability"] == 50)
        #expect(deal.item["owner"]?["name"]?.string == workspace.members[0].name)
        let id = deal.item["id"] ?? .null
        for (name, status) in [("Closed Won", "closed_won"), ("Closed Lost", "closed_lost")] {
            let closed = try done("update_deal", ["id": id, "stage": try stage(name)])
            let changed = Set((closed.structured["changed"]?.elements ?? []).compactMap(\.string))
            #expect(changed == ["stage", "status", "probability", "closed_at", "stage_entered_at"])
            #expect(closed.item["status"]?.string == status && closed.item["closed_at"] != .null)
            let undone = try undo(closed)
            #expect(undone.item["status"] == "open" && undone.item["closed_at"] == .null)
            #expect(undone.item["stage_entered_at"] == deal.item["stage_entered_at"])
        }
        let won = try done("update_deal", ["id": id, "status": "closed_won"])
        #expect(won.item["stage"]?["name"] == "Closed Won", "The stage follows the status")
        let reopened = try done("update_deal", ["id": id, "stage": try stage("Discovery")])
        #expect(try undo(reopened).item["closed_at"] == won.item["closed_at"], "It was won when it was won")
        let way = try client.call("get_deal", ["id": id]).item["stage_history"]?.elements ?? []
        #expect(way.first?["to"] == "Closed Won" && way.last?["to"] == "Proposal")
    }

    @Test(
        "refuse a deal that is wrong, and change nothing",
        arguments: [
            (["value": ["amount": 100]], "validation_failed", "value.currency"),
            (["value": ["amount": 100, "currency": "euro"]], "validation_failed", "value.currency"),
            (["value": ["amount": -100, "currency": "EUR"]], "validation_failed", "value"),
            (["value": ["amount": 1.5, "currency": "EUR"]], "validation_failed", "value.amount"),
            (["expected_close_date": "2026-02-30"], "validation_failed", "expected_close_date"),
            (["status": "won"], "validation_failed", "closed_won"),
            (["status": "closed_won", "stage": "open"], "transition_not_allowed", "stage"),
            (["contact": "foreign"], "validation_failed", "contact"),
            (["stage": "foreign"], "validation_failed", "stage"),
            (["if_version": 7], "version_conflict", "version 1"),
            (["id": "foreign"], "not_found", "deal"),
        ] as [(JSONValue, String, String)])
    func wrongDeal(arguments: JSONValue, code: String, word: String) throws {
        let other = try bench.workspace("Bluebird")
        let id: JSONValue = .string(workspace.rows["dea"] ?? "")
        let before = try client.call("get_deal", ["id": id]).item
        var change: JSONValue = ["id": id]
        for member in arguments.members {
            let value: JSONValue =
                switch (member.name, member.value) {
                case ("contact", "foreign"): .string(other.contacts[0].id)
                case ("stage", "foreign"): .string(other.rows["stg"] ?? "")
                case ("id", "foreign"): .string(other.rows["dea"] ?? "")
                case ("stage", _): try stage("Qualified")
                default: member.value
                }
            change = change.adding(member.name, value)
        }
        let reply = try client.call("update_deal", change)
        #expect(reply.code == code && reply.message.contains(word), "\(reply.answer.text)")
        #expect(try client.call("get_deal", ["id": id]).item == before)
    }

    @Test("delete a deal out of lists and figures, and bring it back")
    func deletion() throws {
        let id: JSONValue = .string(workspace.rows["dea"] ?? "")
        let open = { try client.call("get_pipeline_summary").structured["totals"]?["deals"] }
        #expect(try open() == 1)
        let deleted = try done("delete_deal", ["id": id])
        #expect(try open() == 0)
        _ = try undo(deleted)
        #expect(try open() == 1)
    }

    // MARK: Activities

    @Test("complete an activity, plan what follows for the same people, and take back both")
    func completion() throws {
        let planned = try done(
            "create_activity",
            [
                "type": "call", "subject": "Ask about the boiler", "due_at": "2026-12-01T09:00:00Z", "owner": "me",
                "deal": .string(workspace.rows["dea"] ?? ""), "contact": .string(workspace.contacts[0].id),
            ])
        let id = planned.item["id"] ?? .null
        let arguments: JSONValue = [
            "id": id, "outcome": "reached", "note": "Wants an offer.",
            "next": ["type": "task", "subject": "Write the offer", "due_at": "2026-12-03"],
        ]
        let dry = try client.call("complete_activity", arguments.adding("dry_run", true))
        #expect(dry.structured["preview"]?["status"] == ["from": "planned", "to": "completed"])
        #expect(dry.structured["next"]?["subject"] == "Write the offer")
        #expect(try client.call("list_activities").items.count == 3)
        let completed = try done("complete_activity", arguments)
        #expect(completed.item["status"] == "completed" && completed.item["outcome_note"] == "Wants an offer.")
        #expect(completed.item["completed_at"] != .null)
        let next = completed.structured["next"] ?? .null
        #expect(next["subject"] == "Write the offer" && next["status"] == "planned")
        for name in ["deal", "contact", "owner"] { #expect(next[name] == planned.item[name], "\(name)") }
        let audit = try bench.value(
            """
            SELECT changes->'next'->'to'->>'subject' FROM audit_events
            WHERE workspace_id = \(workspace.id.uuid)::uuid AND public_id('aud', id) = \(completed.structured["audit_id"]?.string)
            """)
        #expect(audit == "Write the offer")
        let again = try client.call("complete_activity", ["id": id, "outcome": "reached"])
        #expect(again.structured["changed"] == [])

        let undone = try undo(completed)
        #expect(undone.item["status"] == "planned" && undone.item["completed_at"] == .null)
        #expect(try client.call("get_activity", ["id": next["id"] ?? .null]).code == "not_found")
    }

    @Test(
        "refuse an activity that is wrong",
        arguments: [
            ("create_activity", ["owner": "nobody@example.com"], "owner"),
            ("create_activity", ["due_at": "2026-13-01"], "due_at"),
            ("create_activity", ["outcome": "reached"], "outcome"),
            ("create_activity", ["type": "fax"], "type"), ("complete_activity", ["outcome": "good"], "outcome"),
            ("complete_activity", ["next": ["type": "call", "subject": "x"]], "next.due_at"),
            ("complete_activity", ["if_version": 9], "version 1"),
        ] as [(String, JSONValue, String)])
    func wrongActivity(tool: String, arguments: JSONValue, word: String) throws {
        let standard: JSONValue =
            tool == "create_activity"
            ? ["type": "note", "subject": "x", "owner": "me"]
            : ["id": .string(workspace.rows["act"] ?? ""), "outcome": "reached"]
        let reply = try client.call(tool, arguments.members.reduce(standard) { $0.adding($1.name, $1.value) })
        #expect(reply.isError && reply.message.contains(word), "\(reply.answer.text)")
        #expect(try client.call("list_activities").items.count == 2)
    }

    @Test("do not complete what was cancelled")
    func cancelled() throws {
        let id: JSONValue = .string(workspace.rows["act"] ?? "")
        _ = try bench.value(
            "UPDATE activities SET status = 'cancelled' WHERE workspace_id = \(workspace.id.uuid)::uuid RETURNING 1")
        let reply = try client.call("complete_activity", ["id": id, "outcome": "reached"])
        #expect(reply.code == "transition_not_allowed" && reply.message.contains("cancelled"))
    }

    // MARK: Invoices

    private var lines: JSONValue {
        [
            ["description": "Pipe", "quantity": 2.5, "unit_price": 3, "discount_percent": 10, "tax_rate": 25],
            [
                "description": "Valve", "quantity": 2, "unit_price": 1250,
                "product": .string(workspace.rows["prd"] ?? ""),
            ],
        ]
    }

    @Test("compute the totals of an invoice's lines, replace all lines at once, and take that back")
    func totals() throws {
        let created = try done(
            "create_invoice",
            [
                "company": .string(workspace.rows["cmp"] ?? ""), "currency": "EUR", "lines": lines, "notes": "Thanks",
                "due_date": "2026-12-31",
            ])
        // 2.5 × 3 = 7.5 → 8, less 10 % → 7, 25 % of it 1.75 → 2; then 2 × 1250.
        #expect(created.item["subtotal"] == ["amount": 2508, "currency": "EUR"])
        #expect(created.item["discount_total"]?["amount"] == 1 && created.item["tax_total"]?["amount"] == 2)
        #expect(created.item["total"] == ["amount": 2509, "currency": "EUR"])
        #expect(created.item["status"] == "draft" && created.item["kind"] == "invoice")
        let stored = created.item["lines"]?.elements ?? []
        #expect(stored.map { $0["position"] } == [1, 2] && stored.map { $0["total"] } == [7, 2500])
        #expect(stored[0]["quantity"] == 2.5 && stored[0]["tax"] == 2)
        #expect(stored[1]["product"]?["id"]?.string == workspace.rows["prd"])
        let id = created.item["id"] ?? .null

        let replaced = try done(
            "update_invoice",
            ["id": id, "lines": [["description": "Flat", "quantity": 1, "unit_price": 9900]], "clear": ["notes"]])
        #expect(replaced.item["total"]?["amount"] == 9900 && replaced.item["line_count"] == 1)
        #expect(replaced.structured["changed"]?.elements.contains("lines") == true)
        #expect(replaced.structured["changed"]?.elements.contains("total") == true)
        let undone = try undo(replaced)
        #expect(undone.item["lines"] == created.item["lines"] && undone.item["total"] == created.item["total"])
        #expect(undone.item["notes"] == "Thanks")
        let same = try client.call("update_invoice", ["id": id, "lines": lines])
        #expect(same.structured["changed"] == [], "The same lines are no change")
        let stale = try client.call("undo_action", ["undo_token": created.structured["undo_token"] ?? .null])
        #expect(stale.code == "version_conflict", "It was changed since")
        let other = try done("create_invoice", ["currency": "EUR", "lines": lines])
        _ = try undo(other)
        #expect(try client.call("get_invoice", ["id": other.item["id"] ?? .null]).code == "not_found")
    }

    @Test(
        "refuse lines that are wrong by their path, and store nothing",
        arguments: [
            (["quantity": 0], "lines[1].quantity"), (["quantity": -1], "lines[1].quantity"),
            (["quantity": 2_000_000], "lines[1].quantity"), (["quantity": "two"], "lines[1].quantity"),
            (["quantity": 1.00001], "lines[1].quantity"), (["unit_price": 12.5], "lines[1].unit_price"),
            (["discount_percent": 101], "lines[1].discount_percent"), (["tax_rate": 120], "lines[1].tax_rate"),
            (["description": " "], "lines[1].description"), (["price": 12], "lines[1].price"),
            (["product": "foreign"], "lines[1].product"), (["product": "prd_1"], "lines[1].product"),
            (["quantity": 1_000_000, "unit_price": 1_000_000_000_000, "tax_rate": 100], "too large"),
        ] as [(JSONValue, String)])
    func wrongLine(change: JSONValue, word: String) throws {
        var line: JSONValue = ["description": "Valve", "quantity": 1, "unit_price": 100]
        for member in change.members {
            let foreign: JSONValue = .string(try bench.workspace("Bluebird").rows["prd"] ?? "")
            line = line.adding(member.name, member.value == "foreign" ? foreign : member.value)
        }
        let good: JSONValue = ["description": "Pipe", "quantity": 1, "unit_price": 1_000_000_000_000]
        for (tool, title) in [("create_invoice", nil), ("create_quotation", "Offer")] as [(String, String?)] {
            var arguments: JSONValue = [
                "currency": "EUR", "lines": [good, line, line, line, line, line, line, line, line, line],
            ]
            if let title { arguments = arguments.adding("title", .string(title)) }
            let reply = try client.call(tool, arguments)
            #expect(reply.code == "validation_failed" && reply.message.contains(word), "\(reply.answer.text)")
        }
        #expect(try client.call("list_invoices").items.count == 3)
    }

    @Test(
        "refuse a document without currency or lines, with a date that does not exist, with what only the server sets",
        arguments: [
            (["lines": [["description": "x", "quantity": 1, "unit_price": 1]]], "currency"),
            (["currency": "EUR"], "lines"),
            (["currency": "eur", "lines": [["description": "x", "quantity": 1, "unit_price": 1]]], "currency"),
            (["currency": "EUR", "lines": []], "lines"), (["currency": "EUR", "lines": ["x"]], "lines[0]"),
            (
                [
                    "currency": "EUR", "lines": [["description": "x", "quantity": 1, "unit_price": 1]],
                    "issue_date": "2026-02-29",
                ], "issue_date"
            ),
            (
                [
                    "currency": "EUR", "lines": [["description": "x", "quantity": 1, "unit_price": 1]],
                    "total": ["amount": 1, "currency": "EUR"],
                ], "total"
            ),
            (
                [
                    "currency": "EUR", "lines": [["description": "x", "quantity": 1, "unit_price": 1]],
                    "status": "paid",
                ], "status"
            ),
        ] as [(JSONValue, String)])
    func wrongDocument(arguments: JSONValue, word: String) throws {
        for (tool, document) in [
            ("create_invoice", arguments), ("create_quotation", arguments.adding("title", "Offer")),
        ] {
            let reply = try client.call(tool, document)
            #expect(reply.code == "validation_failed" && reply.message.contains("`\(word)`"), "\(reply.answer.text)")
        }
    }

    @Test("leave an issued invoice as it is, but for its notes and due date, and delete drafts alone")
    func issued() throws {
        let id: JSONValue = "INV-0002"
        let reply = try client.call("update_invoice", ["id": id, "lines": lines, "clear": ["company"]])
        #expect(reply.code == "validation_failed")
        #expect(reply.message.contains("`lines`") && reply.message.contains("`company`"), "\(reply.message)")
        let changed = try done("update_invoice", ["id": id, "notes": "Paid soon", "due_date": "2027-01-31"])
        #expect(changed.structured["changed"] == ["due_date", "notes"])
        #expect(try undo(changed).item["notes"]?.string?.contains("Rowan") == true)
        #expect(try client.call("update_invoice", ["id": id, "clear": ["due_date"]]).code == "validation_failed")
        let deletion = try client.call("delete_invoice", ["id": id])
        #expect(deletion.code == "transition_not_allowed" && deletion.message.contains("sent"))
        let draft = try done("create_invoice", ["currency": "EUR", "lines": lines])
        let deleted = try done("delete_invoice", ["id": draft.item["id"] ?? .null])
        #expect(try client.call("get_invoice", ["id": draft.item["id"] ?? .null]).code == "not_found")
        #expect(try undo(deleted).item["lines"] == draft.item["lines"])
    }

    @Test("take payments of an issued invoice up to its balance, in its currency")
    func payments() throws {
        let pay = { (amount: JSONValue, more: JSONValue) in
            try client.call(
                "record_invoice_payment",
                more.members.reduce(["id": "INV-0002", "amount": amount, "method": "card"]) {
                    $0.adding($1.name, $1.value)
                })
        }
        for (amount, more, word) in [
            (["amount": 100], [:], "amount.currency"), (["amount": 100, "currency": "EUR"], [:], "amount.currency"),
            (money(5001), [:], "5000"), (money(0), [:], "amount.amount"), (money(-5), [:], "amount.amount"),
            (money(5), ["paid_at": "2026-11-31"], "paid_at"), (money(5), ["method": "gold"], "method"),
        ] as [(JSONValue, JSONValue, String)] {
            let reply = try pay(amount, more)
            #expect(reply.code == "validation_failed" && reply.message.contains(word), "\(reply.answer.text)")
        }
        #expect(try pay(money(5), ["if_version": 4]).code == "version_conflict")
        let part = try pay(money(2000), ["if_version": 1, "idempotency_key": "p", "paid_at": "2026-11-20"])
        #expect(part.item["balance"] == money(3000) && part.item["status"] == "partially_paid")
        #expect(part.item["version"] == 2 && part.structured["undo_token"] == nil, "\(part.answer.text)")
        let again = try pay(money(2000), ["if_version": 1, "idempotency_key": "p", "paid_at": "2026-11-20"])
        #expect(again.structured["replayed"] == true)
        #expect(try pay(money(1000), [:]).item["balance"] == money(2000))
        let twice = try pay(money(1000), [:])
        #expect(twice.code == "possible_duplicate", "\(twice.answer.text)")
        #expect(twice.structured["error"]?["possible_duplicate_of"] == part.item["id"])
        #expect(try pay(money(1000), ["allow_duplicate": true]).item["balance"] == money(1000))
        #expect(try pay(money(1000), ["dry_run": true]).item["status"] == "paid")
        #expect(try pay(money(1000), ["reference": "third"]).item["status"] == "paid")
        let payments = try client.call("get_invoice", ["id": "INV-0002"]).item["payments"]?.elements ?? []
        #expect(payments.map { $0["amount"] } == [money(2000), money(1000), money(1000), money(1000)])
        #expect(try pay(money(1), [:]).code == "transition_not_allowed")
        let draft = try done("create_invoice", ["currency": "EUR", "lines": lines]).item
        let early = try client.call(
            "record_invoice_payment",
            ["id": draft["id"] ?? .null, "amount": ["amount": 1, "currency": "EUR"], "method": "bank"])
        #expect(early.code == "transition_not_allowed")
    }

    @Test("void an issued invoice without payments, with a reason, for good")
    func void() throws {
        #expect(try client.call("void_invoice", ["id": "INV-0002"]).code == "validation_failed")
        let paid = try client.call("void_invoice", ["id": "INV-0001", "reason": "twice"])
        #expect(paid.code == "transition_not_allowed", "It has a payment")
        let voided = try done("void_invoice", ["id": "INV-0002", "reason": "twice"])
        #expect(voided.item["status"] == "void" && voided.item["void_reason"] == "twice")
        #expect(voided.structured["changed"] == ["status", "void_reason"] && voided.structured["undo_token"] == nil)
        #expect(
            try client.call("void_invoice", ["id": "INV-0002", "reason": "twice"]).code == "transition_not_allowed")
        #expect(try client.call("update_invoice", ["id": "INV-0002", "notes": "x"]).code == "validation_failed")
    }

    // MARK: Quotations

    @Test("keep a version of a quotation that is changed after it was sent, and turn an accepted one into an invoice")
    func quotation() throws {
        let created = try done(
            "create_quotation",
            [
                "title": "New boiler", "currency": "EUR", "lines": lines, "valid_until": "2026-12-31",
                "contact": .string(workspace.contacts[0].id), "deal": .string(workspace.rows["dea"] ?? ""),
            ])
        #expect(created.item["status"] == "draft" && created.item["total"]?["amount"] == 2509)
        #expect(created.item["number"] == "QUO-0003")
        let id = created.item["id"] ?? .null
        let renamed = try done("update_quotation", ["id": id, "title": "New boiler, installed"])
        #expect(try client.call("get_quotation", ["id": id]).item["versions"] == [], "Nobody else has seen the draft")
        _ = try undo(renamed)
        let early = try client.call("convert_quotation_to_invoice", ["quotation_id": id])
        #expect(early.code == "transition_not_allowed" && early.message.contains("draft"))
        let leap = try client.call("update_quotation", ["id": id, "status": "accepted"])
        #expect(leap.code == "transition_not_allowed")
        #expect(leap.structured["error"]?["hint"]?.string?.contains("`sent`") == true)

        _ = try done("update_quotation", ["id": id, "status": "sent"])
        let cheaper = try done(
            "update_quotation", ["id": id, "lines": [["description": "All of it", "quantity": 1, "unit_price": 2000]]])
        #expect(cheaper.item["total"]?["amount"] == 2000)
        let versions = try client.call("get_quotation", ["id": id]).item["versions"]?.elements ?? []
        #expect(versions.count == 1 && versions[0]["number"] == 1 && versions[0]["line_count"] == 2)
        #expect(versions[0]["total"] == ["amount": 2509, "currency": "EUR"])
        let accepted = try done("update_quotation", ["id": id, "status": "accepted"])
        #expect(accepted.structured["changed"]?.elements.contains("accepted_at") == true)
        #expect(try client.call("update_quotation", ["id": id, "title": "x"]).code == "validation_failed")

        let invoice = try done(
            "convert_quotation_to_invoice", ["quotation_id": id, "due_date": "2027-01-15", "idempotency_key": "c"])
        #expect(invoice.item["total"] == ["amount": 2000, "currency": "EUR"] && invoice.item["status"] == "draft")
        #expect(invoice.item["quotation"]?["id"] == id && invoice.item["due_date"] == "2027-01-15")
        #expect(invoice.item["contact"] == created.item["contact"])
        #expect(invoice.structured["quotation"]?["invoice"]?["id"] == invoice.item["id"])
        let replay = try client.call(
            "convert_quotation_to_invoice", ["quotation_id": id, "due_date": "2027-01-15", "idempotency_key": "c"])
        #expect(replay.structured["replayed"] == true)
        #expect(
            try client.call("convert_quotation_to_invoice", ["quotation_id": id]).code == "transition_not_allowed")
        _ = try undo(invoice)
        #expect(try client.call("get_quotation", ["id": id]).item["invoice"] == .null)
        let own = try done("convert_quotation_to_invoice", ["quotation_id": id, "lines": lines])
        #expect(own.item["total"]?["amount"] == 2509)
    }

    @Test("refuse what is wrong with a quotation, and delete and bring back one")
    func wrongQuotation() throws {
        let other = try bench.workspace("Bluebird")
        let id: JSONValue = .string(workspace.rows["quo"] ?? "")
        for (arguments, code) in [
            (["id": id, "if_version": 5, "title": "x"], "version_conflict"),
            (["id": .string(other.rows["quo"] ?? ""), "title": "x"], "not_found"),
            (["id": id, "deal": .string(other.rows["dea"] ?? "")], "validation_failed"),
            (["id": id, "currency": "EUR"], "validation_failed"),
            (["id": id, "status": "draft"], "transition_not_allowed"),
            (["id": id, "valid_until": "2026-06-31"], "validation_failed"),
        ] as [(JSONValue, String)] {
            #expect(try client.call("update_quotation", arguments).code == code, "\(arguments.text)")
        }
        #expect(
            try client.call("convert_quotation_to_invoice", ["quotation_id": .string(other.rows["quo"] ?? "")]).code
                == "not_found")
        let deleted = try done("delete_quotation", ["id": id])
        #expect(try client.call("get_quotation", ["id": id]).code == "not_found")
        #expect(try undo(deleted).item["id"] == id)
    }

    // MARK: Helpers

    private func done(_ tool: String, _ arguments: JSONValue) throws -> ToolReply {
        let reply = try client.call(tool, arguments)
        #expect(!reply.isError, "\(tool): \(reply.answer.text)")
        return reply
    }

    private func undo(_ reply: ToolReply) throws -> ToolReply {
        try done("undo_action", ["undo_token": reply.structured["undo_token"] ?? .null])
    }

    private func money(_ amount: Int64) -> JSONValue {
        ["amount": .integer(amount), "currency": .string(workspace.currency)]
    }

    private func stage(_ name: String) throws -> JSONValue {
        let stages = try client.call("list_pipeline_stages").items
        return stages.first { $0["name"]?.string == name }?["id"] ?? .null
    }
}
