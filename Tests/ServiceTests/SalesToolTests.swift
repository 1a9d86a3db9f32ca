import Catalog
import Identity
import JSON
import Testing
import Tools

/// What is sold, from the pipeline to the last payment, as a client uses it.
@Suite("Tools of sales")
struct SalesToolTests {
    private let bench: Bench
    private let workspace: TestWorkspace

    init() throws {
        bench = try Bench.shared.get()
        workspace = try bench.workspace("Hornbeam")
    }

    static let toolsets = ["deals", "activities", "pipeline", "invoicing", "quotations", "analytics"]

    @Test("answer in both eras with what their schema says, the same as JSON and as text", arguments: WireEra.both)
    func answers(era: WireEra) throws {
        let client = try bench.client(workspace, era: era, profile: .all)
        let row = { (prefix: String) -> JSONValue in .string(workspace.rows[prefix] ?? "") }
        let owner: JSONValue = .string(workspace.members[0].email)
        let calls: [(String, JSONValue)] = [
            ("list_deals", ["owner": owner, "status": "open", "value_min": 1, "expected_close_date_to": "2027-01-01"]),
            ("get_deal", ["id": row("dea")]), ("get_pipeline_summary", ["owner": "me", "include_closed": true]),
            ("list_activities", ["type": "call", "deal": row("dea"), "due_at_from": "2026-01-01"]),
            ("get_activity", ["id": row("act")]), ("list_pipeline_stages", [:]),
            ("get_crm_dashboard", ["period": "last_90_days", "compare": true]),
            ("list_invoices", ["kind": "invoice", "issue_date_from": "2026-01-01"]),
            ("get_invoice", ["id": row("inv")]), ("get_invoice", ["id": "INV-0001"]),
            ("get_invoice_stats", ["currency": .string(workspace.currency)]), ("list_products", ["active": true]),
            ("get_product", ["id": row("prd")]), ("list_quotations", ["deal": row("dea")]),
            ("get_quotation", ["id": row("quo")]), ("get_quotation_stats", ["company": row("cmp")]),
            ("get_pipeline_analytics", [:]), ("get_revenue_metrics", ["group_by": "month"]),
            ("get_sales_forecast", ["period": "next_90_days", "compare": true]), ("get_expense_summary", [:]),
            ("get_invoice_aging", ["buckets": [15, 45]]),
        ]
        // The toolset of analytics has reports of other parts too.
        let reading = Catalog.registry.tools.filter {
            Self.toolsets.contains($0.toolset) && !$0.effects.writes && $0.name != "get_support_metrics"
        }
        #expect(Set(calls.map(\.0)) == Set(reading.map(\.name)), "Every tool is called")
        let listed = try client.ask("tools/list").json["result"]?["tools"]?.elements ?? []
        for (tool, arguments) in calls {
            let reply = try client.call(tool, arguments)
            #expect(!reply.isError, "\(tool) \(reply.answer.text)")
            #expect(try JSONDocument(text: reply.text).root.value == reply.structured)
            let schema = listed.first { $0["name"]?.string == tool }?["outputSchema"] ?? .null
            #expect(try SchemaCheck.problems(reply.structured, schema) == [], "\(tool)")
            if tool.hasPrefix("list_") { #expect(!reply.items.isEmpty, "\(tool)") }
        }
    }

    @Test("show a deal with its people and its way, an invoice with lines and payments, a quotation with its lines")
    func records() throws {
        let client = try bench.client(workspace, profile: .all)
        let deal = try client.call("get_deal", ["id": .string(workspace.rows["dea"] ?? "")]).item
        #expect(deal["contacts"]?.elements.count == 2)
        #expect(deal["contacts"]?[0]?["id"] == deal["contact"]?["id"], "The deal's own contact comes first")
        #expect(deal["stage_history"]?.elements.map { $0["to"] } == ["Discovery"])
        let invoice = try client.call("get_invoice", ["id": "INV-0001"]).item
        let money = { (amount: Int64) -> JSONValue in
            ["amount": .integer(amount), "currency": .string(workspace.currency)]
        }
        // Two lines of two valves at 12.50; ten were paid.
        #expect(invoice["total"] == money(5000))
        #expect(invoice["balance"] == money(4000) && invoice["status"] == "partially_paid")
        #expect(invoice["lines"]?.elements.map { $0["total"] } == [2500, 2500])
        #expect(invoice["payments"]?.elements.map { $0["amount"] } == [money(1000)])
        let quotation = try client.call("get_quotation", ["id": "QUO-0002"]).item
        #expect(quotation["lines"]?.elements.count == 2 && quotation["total"]?["amount"] == 5000)
    }
}
