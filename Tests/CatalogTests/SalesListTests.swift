import Identity
import JSON
import Postgres
import Testing
import Tools

@testable import Catalog

@Suite("Lists and records of sales")
struct SalesListTests {
    private let desk: SalesDesk

    init() throws { desk = try SalesDesk() }

    private static let tools =
        [Toolset.deals, .activities, .pipeline, .invoicing, .quotations, .analytics].flatMap(\.tools)

    private static func tool(_ name: String) throws -> Tool { try #require(tools.first { $0.name == name }) }

    /// A list, its table, and a statement that adds a row to it.
    private static let lists: [(String, String, String)] = [
        (
            "list_deals", "deals",
            "INSERT INTO deals (workspace_id, title, value_amount, value_currency) VALUES (current_workspace_id(), 'x', 1, 'USD')"
        ),
        (
            "list_activities", "activities",
            """
            INSERT INTO activities (workspace_id, type, subject, owner_id)
            SELECT workspace_id, 'note', 'x', id FROM members LIMIT 1
            """
        ),
        (
            "list_invoices", "invoices",
            "INSERT INTO invoices (workspace_id, currency) VALUES (current_workspace_id(), 'USD')"
        ),
        (
            "list_quotations", "quotations",
            "INSERT INTO quotations (workspace_id, title, currency) VALUES (current_workspace_id(), 'x', 'USD')"
        ),
        (
            "list_products", "products",
            """
            INSERT INTO products (workspace_id, name, price_amount, price_currency)
            VALUES (current_workspace_id(), 'A' || random(), 1, 'USD')
            """
        ),
        (
            "list_pipeline_stages", "pipeline_stages",
            "INSERT INTO pipeline_stages (workspace_id, name, position) VALUES (current_workspace_id(), random()::text, 1)"
        ),
    ]

    @Test("walk all pages, each row once, while rows are added", arguments: Self.lists)
    func walk(name: String, table: String, addition: String) throws {
        let tool = try Self.tool(name)
        let workspace = try desk.workspace("w", zone: "UTC", seed: 3, deals: 20)
        let ids = try desk.rows(table, in: workspace).map { $0.text("id")!.filter { $0 != "-" } }
        for order in ["asc", "desc"] {
            var (seen, cursor): ([String], String?) = ([], nil)
            repeat {
                let next = cursor.map { #","cursor":"\#($0)""# } ?? ""
                let page = try desk.run(tool, #"{"limit":3,"order":"\#(order)"\#(next)}"#, in: workspace)
                seen += (page["items"]?.elements ?? []).compactMap { $0["id"]?.string.map { String($0.dropFirst(4)) } }
                cursor = page["next_cursor"]?.string
                if seen.count < ids.count { try desk.query(SQL(verbatim: addition), in: workspace) }
            } while cursor != nil
            #expect(Set(seen).count == seen.count)
            #expect(Set(ids).isSubset(of: seen))
        }
    }

    @Test("narrow by what the fields offer")
    func filters() throws {
        let workspace = try desk.workspace("w", zone: "UTC", seed: 3, deals: 40)
        let won = try desk.run(
            Self.tool("list_deals"), #"{"status":"closed_won","value_min":500000,"limit":100}"#, in: workspace)
        let deals = try desk.rows("deals", in: workspace)
        let expected = deals.count { $0.text("status") == "closed_won" && $0.number("value_amount") >= 500_000 }
        #expect(won["items"]?.count == expected)
        #expect(expected > 0 && expected < deals.count)
        let stage = try #require(won["items"]?[0]?["stage"]?["id"]?.string)
        let staged = try desk.run(Self.tool("list_deals"), #"{"stage":"\#(stage)","limit":100}"#, in: workspace)
        #expect(staged["items"]?.count == deals.count { $0.text("status") == "closed_won" })
        let late = try desk.run(
            Self.tool("list_invoices"), #"{"status":"overdue","kind":"invoice","limit":100}"#, in: workspace)
        #expect((late["items"]?.count ?? 0) > 0)
        #expect((late["items"]?.elements ?? []).allSatisfy { $0["status"]?.string == "overdue" })
    }

    @Test("show records with what belongs to them")
    func records() throws {
        let workspace = try desk.workspace("w", zone: "UTC", seed: 3, deals: 40)
        let won = try #require(desk.rows("deals", in: workspace).first { $0.text("status") == "closed_won" })
        let id = "dea_" + won.text("id")!.filter { $0 != "-" }
        let deal = try desk.run(Self.tool("get_deal"), #"{"id":"\#(id)"}"#, in: workspace)["item"]
        #expect(deal?["stage_history"]?[0]?["to"]?.string == "Closed Won")
        #expect(deal?["contacts"]?[0]?["name"]?.string == deal?["contact"]?["name"]?.string)
        let invoice = try desk.run(Self.tool("get_invoice"), #"{"id":"INV-0001"}"#, in: workspace)["item"]
        #expect(invoice?["number"]?.string == "INV-0001")
        #expect(Int64(invoice?["lines"]?.count ?? 0) == invoice?["line_count"]?.integer)
        let paid = (invoice?["payments"]?.elements ?? []).reduce(0) { $0 + ($1["amount"]?["amount"]?.integer ?? 0) }
        #expect(invoice?["paid"]?["amount"]?.integer == paid)
        let lines = (invoice?["lines"]?.elements ?? []).reduce(0) {
            $0 + ($1["total"]?.integer ?? 0) + ($1["tax"]?.integer ?? 0)
        }
        #expect(invoice?["total"]?["amount"]?.integer == lines)
        let quotation = try desk.run(Self.tool("get_quotation"), #"{"id":"QUO-0001"}"#, in: workspace)["item"]
        #expect((quotation?["lines"]?.count ?? 0) > 0)
        for (list, get) in [("list_activities", "get_activity"), ("list_products", "get_product")] {
            let first = try desk.run(Self.tool(list), in: workspace)["items"]?[0]?["id"]?.string
            let item = try desk.run(Self.tool(get), #"{"id":"\#(try #require(first))"}"#, in: workspace)["item"]
            #expect(item?["id"]?.string == first)
        }
    }

    @Test("keep a deal's status and dates with its stage")
    func stages() throws {
        let workspace = try desk.workspace("w", zone: "UTC")
        func deal() throws -> Row { try desk.rows("deals", in: workspace)[0] }
        func move(_ stage: String) throws {
            try desk.query(
                """
                UPDATE deals SET stage_id = (SELECT id FROM pipeline_stages WHERE name = \(stage))
                """, in: workspace)
        }
        try desk.query(
            """
            INSERT INTO deals (workspace_id, title, value_amount, value_currency)
            VALUES (current_workspace_id(), 'Boiler', 100, 'USD')
            """, in: workspace)
        #expect(try deal().text("status") == "open")
        #expect(try deal().number("probability") == 10)
        try move("Negotiation")
        #expect(try deal().number("probability") == 75)
        try move("Closed Won")
        #expect(try deal().text("status") == "closed_won")
        #expect(try deal().moment("closed_at") != nil)
        #expect(throws: PostgresError.self) { try desk.query("UPDATE deals SET status = 'open'", in: workspace) }
        try move("Proposal")
        #expect(try deal().text("status") == "open")
        #expect(try deal().moment("closed_at") == nil)
        try desk.query("UPDATE deals SET status = 'closed_lost', lost_reason = 'Price'", in: workspace)
        let names = try desk.query(
            """
            SELECT string_agg(s.name, ', ' ORDER BY h.at, h.id) FROM deal_stage_changes AS h
            JOIN pipeline_stages AS s ON s.id = h.to_id
            """, in: workspace)
        #expect(names.string(0, 0) == "Discovery, Negotiation, Closed Won, Proposal, Closed Lost")
    }

    @Test("round each line half away from zero, and follow lines, payments and credit notes")
    func totals() throws {
        let workspace = try desk.workspace("w", zone: "Pacific/Auckland")
        func invoice() throws -> Row {
            try #require(desk.rows("invoices", in: workspace).first { $0.text("kind") == "invoice" })
        }
        try desk.query(
            "INSERT INTO invoices (workspace_id, currency) VALUES (current_workspace_id(), 'EUR')", in: workspace)
        // 2.5 × 3 = 7.5 → 8; 10 % of it 0.8 → 1; 25 % tax of 7 is 1.75 → 2. Twice, so that 15 would be a sum of unrounded.
        try desk.query(
            """
            INSERT INTO invoice_lines (workspace_id, invoice_id, description, quantity, unit_price, discount_percent, tax_rate)
            SELECT workspace_id, id, 'Pipe', 2.5, 3, 10, 25 FROM invoices CROSS JOIN generate_series(1, 2)
            """, in: workspace)
        var row = try invoice()
        #expect(
            ["subtotal", "discount_total", "tax_total", "total"].map { row.number($0 + "_amount") } == [16, 2, 4, 18])
        #expect(row.text("number") == nil)
        try desk.query("UPDATE invoices SET status = 'sent'", in: workspace)
        row = try invoice()
        #expect(row.text("number") == "INV-0001")
        let days = try LocalDays("Pacific/Auckland")
        #expect(row.text("issue_date") == days.today)
        #expect(row.text("due_date") == LocalDays.day(days.today, plus: 30))
        let payment: SQL = """
            INSERT INTO payments (workspace_id, invoice_id, amount_amount, amount_currency, paid_at, method)
            SELECT workspace_id, id, 5, currency, current_date, 'bank' FROM invoices WHERE kind = 'invoice'
            """
        try desk.query(payment, in: workspace)
        row = try invoice()
        #expect(row.number("balance_amount") == 13)
        #expect(row.text("status") == "partially_paid")
        #expect(row.number("version") == 2)
        try desk.query(
            """
            INSERT INTO invoices (workspace_id, kind, status, currency, credits_id)
            SELECT workspace_id, 'credit_note', 'sent', currency, id FROM invoices
            """, in: workspace)
        try desk.query(
            """
            INSERT INTO invoice_lines (workspace_id, invoice_id, description, quantity, unit_price)
            SELECT workspace_id, id, 'Back', 1, 8 FROM invoices WHERE kind = 'credit_note'
            """, in: workspace)
        #expect(try invoice().number("balance_amount") == 5)
        try desk.query(payment, in: workspace)
        row = try invoice()
        #expect(row.number("balance_amount") == 0)
        #expect(row.text("status") == "paid")
        #expect(throws: PostgresError.self) { try desk.query("UPDATE invoices SET currency = 'USD'", in: workspace) }
        try desk.query("DELETE FROM invoice_lines WHERE description = 'Pipe'", in: workspace)
        #expect(try invoice().number("total_amount") == 0)
    }
}
