import Identity
import JSON
import Postgres
import Tools

extension Tool {
    /// Marks an activity done, and plans what follows for the same customer, deal and owner.
    static let completeActivity = Tool(
        name: "complete_activity",
        title: "Complete activity",
        description: """
            Marks an activity done with its outcome; next plans what follows, for the same contact, company, deal and \
            owner.
            """,
        effects: .changing,
        permission: .update("activities"),
        parameters: [
            Entity.activity.keyParameter,
            Parameter("outcome", .choice(Entity.activityOutcomes), "", isRequired: true),
            Parameter("note", .text(maximum: 4000), "How it went.").terse,
            Parameter(
                "next",
                .object([
                    Parameter("type", .choice(Entity.activityTypes), "", isRequired: true),
                    Parameter("subject", .text(maximum: 300), "", isRequired: true).terse,
                    Parameter("due_at", .moment, "", isRequired: true).terse,
                ]), ""),
            RowWrite.ifVersion,
        ] + RowWrite.parameters,
        output: RowWrite.output,
        body: .write { call, principal, transaction in
            guard let key = call.arguments.key("id") else { throw Entity.activity.notFound }
            var fields: [String: Arguments.Value] = ["status": .text("completed")]
            fields["outcome"] = call.arguments.text("outcome").map(Arguments.Value.text)
            fields["outcome_note"] = call.arguments.text("note").map(Arguments.Value.text)
            let next = RowWrite.Companion("next") { _, record in following(record, call, principal) }
            return try RowWrite(
                .activity, .update(key), call, principal, fields: Arguments(values: fields), with: next
            ).run(transaction)
        }
    )

    /// What is to be done next, about the same as the one that is done; `nil` if nothing is.
    private static func following(_ record: JSONNode, _ call: ToolCall, _ principal: Principal) -> RowWrite? {
        guard let next = call.arguments.object("next") else { return nil }
        var fields: [String: Arguments.Value] = [:]
        fields["type"] = next.text("type").map(Arguments.Value.text)
        fields["subject"] = next.text("subject").map(Arguments.Value.text)
        fields["due_at"] = next.moment("due_at").map(Arguments.Value.moment)
        for (name, prefix) in [("contact", "con"), ("company", "cmp"), ("deal", "dea")] {
            let row = record[name]?["id"]?.string.flatMap { RowID($0, prefix: prefix) }
            fields[name] = row.map(Arguments.Value.row)
        }
        let owner = record["owner"]?["id"]?.string.flatMap { RowID($0, prefix: "usr") }
        fields["owner"] = owner.map { .member(.row($0)) }
        return RowWrite(.activity, .creation, call, principal, fields: Arguments(values: fields))
    }
}
