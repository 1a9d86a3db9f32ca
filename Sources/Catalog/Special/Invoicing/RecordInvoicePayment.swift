import Identity
import JSON
import Postgres
import Tools

extension Tool {
    /// Keeps a payment of an issued invoice; paid amount, balance and status follow by triggers. Payments stay for good.
    static let recordInvoicePayment = Tool(
        name: "record_invoice_payment",
        title: "Record payment",
        description: "Records a payment of an issued invoice, at most its balance. It cannot be undone.",
        effects: .adding.shown,
        permission: .update("invoices"),
        parameters: [
            Entity.invoice.keyParameter,
            Parameter("amount", .money, "", isRequired: true),
            Parameter(
                "method", .choice(["bank", "card", "cash", "check", "other"]), "", isRequired: true),
            Parameter("paid_at", .day, "Today if left out."),
            Parameter("reference", .text(maximum: 200), "").terse,
            RowWrite.ifVersion,
        ] + RowWrite.parameters + [IdempotencyRecord.allowDuplicate],
        output: RowWrite.output,
        body: .write { call, principal, transaction in
            guard let key = call.arguments.key("id") else { throw Entity.invoice.notFound }
            return try RowWrite(
                .invoice, .effect(key) { try pay($0, call, $1) }, call, principal, isReversible: false
            ).run(transaction)
        }
    )

    private static func pay(
        _ change: RowChange, _ call: ToolCall, _ transaction: borrowing Transaction
    ) throws {
        let status = change.record["status"]?.string ?? ""
        guard change.record["kind"]?.string == "invoice", status != "draft", status != "void", status != "paid" else {
            throw ToolError(
                .transitionNotAllowed,
                "Only an issued invoice that is not paid yet takes payments; this is a \(status) "
                    + "\(change.record["kind"]?.string == "invoice" ? "invoice" : "credit note"). Nothing was changed.",
                hint: "get_invoice shows its status and balance.")
        }
        guard let money = call.arguments.money("amount"), let owed = change.record["balance"]?["amount"]?.integer,
            let currency = change.record["balance"]?["currency"]?.string
        else { throw Entity.invoice.notFound }
        var problems: [ToolError.Problem] = []
        if money.currency != currency {
            problems.append(
                .init(
                    "amount.currency",
                    "`amount.currency` is \(money.currency); the invoice is in \(currency) and paid in it."))
        }
        if money.amount <= 0 || money.amount > owed {
            problems.append(
                .init(
                    "amount.amount", "`amount.amount` is \(money.amount); it can be 1 to \(owed), which is still owed.")
            )
        }
        guard problems.isEmpty else { throw ToolError(problems: problems) }
        _ = try transaction.query(
            """
            INSERT INTO payments (workspace_id, invoice_id, amount_amount, amount_currency, paid_at, method, reference)
            SELECT w.id, \(change.row)::uuid, \(money.amount)::bigint, \(money.currency),
                coalesce(\(call.arguments.day("paid_at"))::date, (now() AT TIME ZONE w.timezone)::date),
                \(call.arguments.text("method")), \(call.arguments.text("reference"))
            FROM workspaces AS w WHERE w.id = \(call.workspace)
            """)
    }
}
