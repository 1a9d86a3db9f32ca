import Identity
import JSON
import Postgres
import Tools

extension Tool {
    /// Takes an issued invoice out of account for good; its number stays taken.
    static let voidInvoice = Tool(
        name: "void_invoice",
        title: "Void invoice",
        description: "Voids an issued invoice without payments; its number stays taken. It cannot be undone.",
        effects: .deleting,
        permission: .delete("invoices"),
        parameters: [
            Entity.invoice.keyParameter, Parameter("reason", .text(maximum: 1000), "", isRequired: true).terse,
            RowWrite.ifVersion,
        ] + RowWrite.parameters,
        output: RowWrite.output,
        body: .write { call, principal, transaction in
            guard let key = call.arguments.key("id") else { throw Entity.invoice.notFound }
            return try RowWrite(
                .invoice, .effect(key) { try void($0, call, $1) }, call, principal, isReversible: false
            ).run(transaction)
        }
    )

    private static func void(
        _ change: RowChange, _ call: ToolCall, _ transaction: borrowing Transaction
    ) throws {
        let status = change.record["status"]?.string ?? ""
        guard ["submitted", "sent", "viewed", "overdue"].contains(status),
            change.record["paid"]?["amount"]?.integer == 0
        else {
            let hint =
                status == "draft"
                ? "delete_invoice takes a draft away." : "What was paid is given back with a credit note."
            throw ToolError(
                .transitionNotAllowed,
                "Only an issued invoice without payments is voided; this one is \(status). Nothing was changed.",
                hint: status == "void" ? "It is void already." : hint)
        }
        _ = try transaction.query(
            """
            UPDATE invoices AS i
            SET status = 'void', void_reason = \(call.arguments.text("reason")), version = i.version + 1,
                updated_at = clock_timestamp()
            WHERE i.workspace_id = \(call.workspace) AND i.id = \(change.row)::uuid
            """)
    }
}
