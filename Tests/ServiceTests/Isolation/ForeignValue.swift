import Identity
import JSON
import Postgres
import TestSupport
import Tools

/// One thing that a caller of A might know of B: what it is, what A has in its place, and what nobody has.
struct ForeignValue {
    enum Kind: Equatable {
        case text
        case number
        case currency
        case identifier(prefix: String)
    }

    let kind: Kind
    /// As B has it.
    let foreign: String
    /// The same thing of A.
    let own: String
    /// Of the same form, and nowhere in the database.
    let nowhere: String

    func fits(_ parameter: Parameter) -> Bool {
        switch (parameter.kind, kind) {
        case (.text(let maximum), _), (.texts(let maximum, _), _): kind != .currency && foreign.count <= maximum
        case (.taskNumber, .number): true
        case (.integer(let range), .number), (.integers(let range, _), .number):
            Int64(foreign).map(range.contains) ?? false
        case (.identifier(let prefix), .identifier(let kind)), (.key(let prefix, _), .identifier(let kind)),
            (.identifiers(let prefix, _), .identifier(let kind)):
            prefix == kind
        case (.member, .identifier(let kind)), (.members, .identifier(let kind)): kind == "usr"
        case (.member, .text), (.members, .text): foreign.contains("@")
        case (.currency, .currency): true
        default: false
        }
    }

    /// The value as an argument of this kind.
    static func argument(_ text: String, for parameter: Parameter) -> JSONValue {
        switch parameter.kind {
        case .taskNumber, .integer: Int64(text).map(JSONValue.integer) ?? .string(text)
        case .integers: [Int64(text).map(JSONValue.integer) ?? .string(text)]
        case .identifiers, .texts, .members: [.string(text)]
        default: .string(text)
        }
    }

    /// Everything that B has and a caller could send: texts, numbers and identifiers of every kind of row.
    static func all(of b: TestWorkspace, beside a: TestWorkspace, in bench: Bench) throws -> [ForeignValue] {
        var values: [ForeignValue] = []
        func text(_ foreign: String, _ own: String) {
            values.append(ForeignValue(kind: .text, foreign: foreign, own: own, nowhere: nowhere(foreign, of: b)))
        }
        text(b.name, a.name)
        text(b.board, a.board)
        text("\(b.name) customer words", "\(a.name) customer words")
        values.append(
            ForeignValue(
                kind: .currency, foreign: b.currency, own: a.currency, nowhere: TestWorkspace.currency(of: "Quince")))
        text("\(b.name) Company", "\(a.name) Company")
        text("\(b.name) inspection", "\(a.name) inspection")
        text("\(b.name.lowercased())-label", "\(a.name.lowercased())-label")
        for (theirs, ours) in zip(b.tasks, a.tasks) {
            text(theirs.title, ours.title)
            values.append(
                ForeignValue(
                    kind: .number, foreign: String(theirs.number), own: String(ours.number),
                    nowhere: complement(String(theirs.number))
                )
            )
        }
        for (theirs, ours) in zip(b.members, a.members) {
            text(theirs.name, ours.name)
            text(theirs.email, ours.email)
        }
        for (theirs, ours) in zip(b.contacts, a.contacts) {
            text(theirs.name, ours.name)
            text(theirs.email, ours.email)
            text(theirs.phone, ours.phone)
        }
        for (table, prefix) in prefixes {
            let theirs = try ids(in: table, of: b, bench)
            let ours = try ids(in: table, of: a, bench)
            for (foreign, own) in zip(theirs, ours) {
                values.append(
                    ForeignValue(
                        kind: .identifier(prefix: prefix), foreign: "\(prefix)_\(foreign)", own: "\(prefix)_\(own)",
                        // Digits stay digits and letters letters, for a search reads them differently.
                        nowhere: "\(prefix)_" + complement(foreign)
                    )
                )
            }
        }
        return values
    }

    /// What stands before the identifiers of each table's rows.
    static let prefixes = [
        ("tasks", "tsk"), ("members", "usr"), ("boards", "brd"), ("comments", "com"), ("contacts", "con"),
        ("companies", "cmp"), ("undo_entries", "und"), ("pending_actions", "pnd"), ("files", "fil"),
        ("credentials", "key"), ("workflow_states", "sta"), ("pipeline_stages", "stg"), ("deals", "dea"),
        ("activities", "act"), ("products", "prd"), ("quotations", "quo"), ("invoices", "inv"), ("payments", "pay"),
        ("expenses", "exp"),
        ("teams", "tea"), ("projects", "prj"), ("tickets", "tkt"), ("ticket_messages", "tkm"), ("sla_policies", "sla"),
        ("jobs", "job"), ("candidates", "can"), ("applications", "app"), ("documents", "doc"), ("suggestions", "sug"),
    ]

    /// The digits of every key in a table, at most three.
    private static func ids(in table: String, of workspace: TestWorkspace, _ bench: Bench) throws -> [String] {
        let rows = try bench.database.connect(as: .superuser).query(
            """
            SELECT replace(id::text, '-', '') FROM \(verbatim: table)
            WHERE workspace_id = \(workspace.id.uuid)::uuid ORDER BY id LIMIT 3
            """
        )
        return (0..<rows.rowCount).compactMap { rows.string($0, 0) }
    }

    /// B's text with another name and other digits, so that it has the same form and the same common words.
    private static func nowhere(_ text: String, of b: TestWorkspace) -> String {
        let renamed = text.replacing(b.name, with: "Nonesuch").replacing(b.name.lowercased(), with: "nonesuch")
        return renamed.hasPrefix("+1 (703)") ? "+1 (703)" + complement(String(renamed.dropFirst(8))) : renamed
    }

    private static func complement(_ text: String) -> String {
        String(text.map { character in character.wholeNumberValue.map { Character(String(9 - $0)) } ?? character })
    }
}
