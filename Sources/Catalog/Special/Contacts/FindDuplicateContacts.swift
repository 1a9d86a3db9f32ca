import Identity
import JSON
import Matching
import Postgres
import Tools

extension Tool {
    /// Contacts who may be one person: those like one contact, or pairs over the workspace.
    static func findDuplicateContacts(with dictionaries: Dictionaries) -> Tool {
        Tool(
            name: "find_duplicate_contacts",
            title: "Find duplicate contacts",
            description: """
                Finds contacts that may be one person, with reasons. With id: others with the same phone number, e-mail or \
                name, or a similar name. Without: goes through all contacts, newest first, and shows those that have an \
                older one with the same number, e-mail or name; follow next_cursor even when items is empty.
                """,
            effects: .reading,
            permission: .read("contacts"),
            parameters: [
                Parameter("id", .identifier(prefix: Entity.contact.prefix), "One contact."),
                Parameter(
                    "limit", .integer(1...200), "Contacts to go through; with id, others to show.", standard: 100),
                Parameter("cursor", .text(maximum: 4096), "Last next_cursor.").terse,
            ],
            output: RecordSearch.output,
            body: .read { (call) throws(ToolError) in
                let search = DuplicateSearch(call, dictionaries)
                if let contact = call.arguments.row("id") { return search.ofOne(contact) }
                return search.overAll(after: try Cursor(of: call, width: 1)?.position[0])
            }
        )
    }
}

private struct DuplicateSearch: Sendable {
    private let call: ToolCall
    private let dictionaries: Dictionaries
    private let same: SameContacts
    private let limit: Int

    init(_ call: ToolCall, _ dictionaries: Dictionaries) {
        self.call = call
        self.dictionaries = dictionaries
        same = SameContacts(call: call)
        limit = Int(call.arguments.integer("limit") ?? 100)
    }

    // MARK: One contact

    func ofOne(_ contact: RowID) -> Read {
        Read([same.facts(of: contact)]) { (results, _) throws(ToolError) in
            let rows = results[0]
            guard rows.rowCount == 1, let item = rows.bytes(0, 2) else { throw Entity.contact.notFound }
            let name = rows.string(0, 0) ?? ""
            let phones = (rows.string(0, 3) ?? "").split(separator: " ").map { line in
                let parts = line.split(separator: "/")
                return StoredPhone(digits: String(parts[0].reversed()), national: String(parts.last ?? ""))
            }
            let emails = rows.string(0, 1).flatMap { EmailAddress($0) }.map { [$0] } ?? []
            let equal = same.statement(
                phones: phones, emails: emails, name: NameTurns.turns(name).first, except: contact.digits)
            let equals = Read([equal]) { (results, _) in Self.answer(results[0]) }
            var parts = [Read.Part(equals)]
            if let search = Entity.contact.search, !QueryWords(name).isEmpty {
                let subject = RecordSubject(.contact, search, call, fields: SameContacts.fields)
                let flow = SearchFlow(
                    SearchWishes(name: name), among: subject, for: call, dictionaries, limit: min(limit, 50),
                    isThorough: true)
                parts.append(Read.Part(flow.read))
            }
            return .more(
                Read.all(parts) { (answers, _) throws(ToolError) in
                    try merged(answers.compactMap { $0 }, contact, item)
                })
        }
    }

    /// The others as an answer of their own.
    private static func answer(_ rows: QueryResult) -> ToolAnswer {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("items")
        writer.beginArray()
        for row in 0..<rows.rowCount {
            guard let item = rows.bytes(row, 2) else { continue }
            writer.write(raw: SameContacts.item(item, SameContacts.reasons(rows.string(row, 1))))
        }
        writer.endArray()
        writer.endObject()
        return ToolAnswer(RawJSON(writer.bytes))
    }

    /// Those with something in common first, then those whose names are near.
    private func merged(
        _ answers: [ToolAnswer], _ contact: RowID, _ item: [UInt8]
    ) throws(ToolError) -> ToolAnswer {
        var seen: Set<String> = [contact.text(prefix: Entity.contact.prefix)]
        var duplicates: [[UInt8]] = []
        for (place, answer) in answers.enumerated() {
            for other in try answer.items {
                guard let id = other["id"]?.string, seen.insert(id).inserted else { continue }
                duplicates.append(
                    place == 0 ? other.raw.bytes : SameContacts.item(other.raw.bytes, [.nearName]))
            }
        }
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("items")
        writer.beginArray()
        if !duplicates.isEmpty { write(item, Array(duplicates.prefix(limit)), to: &writer) }
        writer.endArray()
        writer.endObject()
        return ToolAnswer(RawJSON(writer.bytes), untrusted: Self.untrusted)
    }

    // MARK: All contacts

    func overAll(after key: String?) -> Read {
        Read([same.pairs(after: key, examined: limit)]) { (results, _) in answer(results[0]) }
    }

    private func answer(_ rows: QueryResult) -> ToolAnswer {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("items")
        writer.beginArray()
        var (row, examined) = (0, 0)
        var last: String?
        while row < rows.rowCount, writer.bytes.count < ResultBudget.bytes / 2 {
            let key = rows.string(row, 0)
            let item = rows.bytes(row, 1)
            var others: [[UInt8]] = []
            while row < rows.rowCount, rows.string(row, 0) == key {
                if let other = rows.bytes(row, 4) {
                    others.append(SameContacts.item(other, SameContacts.reasons(rows.string(row, 3))))
                }
                row += 1
            }
            if let item, !others.isEmpty { write(item, others, to: &writer) }
            examined += 1
            last = key
        }
        writer.endArray()
        writer.write("examined", .integer(Int64(examined)))
        if let last, row < rows.rowCount || examined == limit {
            writer.write("next_cursor", .string(Cursor([last]).sealed(for: call)))
        }
        writer.endObject()
        return ToolAnswer(RawJSON(writer.bytes), untrusted: Self.untrusted)
    }

    /// Where both contacts hold text of outsiders.
    private static let untrusted =
        SameContacts.untrusted.under("items[].contact") + SameContacts.untrusted.under("items[].duplicates[]")

    private func write(_ contact: [UInt8], _ duplicates: [[UInt8]], to writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("contact")
        writer.write(raw: contact)
        writer.key("duplicates")
        writer.beginArray()
        for duplicate in duplicates { writer.write(raw: duplicate) }
        writer.endArray()
        writer.endObject()
    }
}
