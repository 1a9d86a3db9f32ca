import Identity
import JSON
import Postgres

// What a person reads before the write is done.
extension RowWrite {
    func description(_ written: Written, _ transaction: borrowing Transaction) throws -> WriteNotes.Description {
        let (before, after, changes) = (written.before, written.after, written.changes)
        let name = "\(entity.words) \(Untrusted.quoted(try entity.title(of: before ?? after)))"
        let fields = changes.names.joined(separator: ", ")
        switch kind {
        case .creation:
            return WriteNotes.Description(
                "Create \(name).", RawJSON(["row": .raw(RawJSON(after.record))]),
                untrusted: entity.untrusted(isInList: false).under("row"))
        case .update, .effect:
            return WriteNotes.Description(
                "Update \(name): \(fields).", RawJSON(["changes": .raw(written.told)]), untrusted: changed(written))
        case .reversal:
            return WriteNotes.Description(
                "Take back a change of \(name): \(fields).", RawJSON(["changes": .raw(changes.json)]),
                untrusted: changed(written))
        case .deletion:
            let row: JSONValue = [
                "id": .string(after.key.text(prefix: entity.prefix)), "name": .string(try entity.title(of: after)),
            ]
            let linked = try linked(to: after.key, transaction)
            let preview: JSONValue = ["count": 1, "rows": [row], "linked": .object(linked)]
            return WriteNotes.Description(
                "Delete \(name).", RawJSON(preview),
                untrusted: entity.untrustedTitle.map { [UntrustedPath("rows[].name", $0)] } ?? [])
        }
    }

    private func changed(_ written: Written) -> [UntrustedPath] {
        let further = written.further.map { $0.entity.untrusted(isInList: false).under("\($0.name).to") } ?? []
        return (entity.untrustedChanges + further).under("changes")
    }

    /// How many rows of each relation the row has; they stay where they are.
    private func linked(to row: RowID, _ transaction: borrowing Transaction) throws -> [JSONMember] {
        guard !entity.relations.isEmpty else { return [] }
        let counts = entity.relations.map { "(SELECT count(*) FROM (\($0.rows)) AS x)" }.joined(separator: ", ")
        let rows = try transaction.query(
            """
            SELECT \(verbatim: counts) FROM \(verbatim: entity.table) AS t
            WHERE t.workspace_id = \(call.workspace) AND t.id = \(row)::uuid
            """)
        return entity.relations.enumerated().map { JSONMember($1.name, .integer(rows.int64(0, $0) ?? 0)) }
    }
}

extension Entity {
    /// What people know a row by.
    func title(of row: StoredRow) throws -> String {
        let columns = try JSONDocument(text: row.columns).root
        return Untrusted.line(columns[self.title]?.string ?? row.key.text(prefix: prefix))
    }
}
