package import Identity
package import JSON
package import Postgres

/// The writing of one row, in the steps that every write takes, in this order: the idempotency key, the row as it is,
/// `if_version`, what the call names, the write itself and what follows from it, the receipt, and what undoes it.
package struct RowWrite: Sendable {
    /// What is to become of the row.
    package enum Kind: Sendable {
        case creation
        case update(RowKey)
        case deletion(RowKey)
        /// What statements of the tool's own make of it and of what belongs to it, such as a payment of an invoice; they
        /// count the version as well.
        case effect(RowKey, @Sendable (RowChange, borrowing Transaction) throws -> Void)
        /// What it was before the write that led to a version: columns as a JSON object; `nil` if it was not there.
        case reversal(RowID, version: Int64, to: String?)
    }

    let entity: Entity
    let kind: Kind
    let call: ToolCall
    private let principal: Principal
    private let query: EntityQuery
    private let fields: Arguments
    /// Whether the write can be taken back.
    private let isReversible: Bool
    private let companion: Companion?

    /// The key that the undo entries of all rows have that are written together.
    private let group: String?

    /// Another write of the same call, made from the row as the first one left it, told under a name of its own and taken
    /// back with it.
    package struct Companion: Sendable {
        package let name: String
        /// - Returns: `nil` if there is nothing more to write.
        package let write: @Sendable (_ row: RowID, _ record: JSONNode) -> RowWrite?

        package init(_ name: String, _ write: @escaping @Sendable (RowID, JSONNode) -> RowWrite?) {
            self.name = name
            self.write = write
        }
    }

    /// - Parameters:
    ///   - group: The key that the undo entries of all rows have that are written together.
    ///   - fields: What the row's fields are set to, if the call's own arguments do not name them.
    package init(
        _ entity: Entity, _ kind: Kind, _ call: ToolCall, _ principal: Principal, group: String? = nil,
        fields: Arguments? = nil, isReversible: Bool = true, with companion: Companion? = nil
    ) {
        self.group = group
        self.entity = entity
        self.kind = kind
        self.call = call
        self.principal = principal
        self.fields = fields ?? call.arguments
        self.isReversible = isReversible
        self.companion = companion
        query = EntityQuery(entity: entity, workspace: call.workspace)
    }

    /// What every write takes beside its fields.
    package static let parameters = [
        Parameter("idempotency_key", .text(maximum: 128), "").terse,
        Parameter("dry_run", .boolean, ""),
    ]

    /// What an update takes beside that.
    package static let ifVersion = Parameter("if_version", .integer(1...Parameter.largestInteger), "").terse

    /// What a write answers: the row, the fields that changed, and what takes the write back.
    package static let output: JSONValue = ["type": "object", "required": ["item", "changed"]]

    package func run(_ transaction: borrowing Transaction) throws -> WriteOutcome {
        let isDry = call.arguments.boolean("dry_run") == true
        let record = IdempotencyRecord(call, key: "idempotency_key", principal, adding: isAddition)
        if !isDry, let earlier = try record.claim(transaction, isThere: { try isThere($0, transaction) }) {
            return .done(earlier, entity: nil)
        }
        let written = try perform(keeping: !isDry, transaction)
        let (before, after, changes) = (written.before, written.after, written.changes)
        if changes.isEmpty { call.notes?.noteNoEffect() }
        guard written.isKept else {
            return .done(
                receipt(changes.isEmpty ? (before ?? after) : after, changes, further: written.further, isDry: isDry),
                entity: (entity.name, after.key))
        }
        let answer = receipt(after, changes, undo: written.undo, further: written.further)
        if let notes = call.notes { notes.describe(try description(written, transaction)) }
        try record.keep(answer, transaction)
        return .done(
            answer, entity: (entity.name, after.key),
            changes: try entity.consequences.changes(after.key, call, transaction), fields: written.told)
    }

    /// What a call wrote beside its row.
    struct Further {
        /// Under which name it is told.
        let name: String
        let entity: Entity
        let record: [UInt8]
    }

    /// What became of the row.
    struct Written {
        let before: StoredRow?
        let after: StoredRow
        let changes: RowChanges
        /// What was written with it.
        let further: Further?
        /// Whether it was written for good: not if it changed nothing, or was only tried.
        let isKept: Bool
        /// What takes the write back.
        let undo: String?

        /// All changes as JSON.
        var told: RawJSON { changes.json(adding: further.map { ($0.name, $0.record) }) }
    }

    /// The write itself, and its undo entry.
    func perform(keeping isWanted: Bool, _ transaction: borrowing Transaction) throws -> Written {
        let before = try rowBefore(transaction)
        if let before { call.notes?.read(entity.name, before.key, version: before.version) }
        try check(transaction)
        _ = try transaction.query("SAVEPOINT change")
        let (after, changes) = try carryOut(before, transaction)
        let isKept = isWanted && !changes.isEmpty
        let further = try changes.isEmpty ? nil : beside(after, keeping: isKept, transaction)
        var undo: String?
        if isKept, isReversible {
            undo = try UndoEntry(entity, after.key, before: before, after: after, group: group)
                .keep(call, principal, followedBy: further?.undo, transaction).text(prefix: "und")
        }
        if !isKept { _ = try transaction.query("ROLLBACK TO SAVEPOINT change") }
        // Many rows would leave as many savepoints open.
        if group != nil { _ = try transaction.query("RELEASE SAVEPOINT change") }
        return Written(
            before: before, after: after, changes: changes, further: further?.row, isKept: isKept, undo: undo)
    }

    /// The write and what follows from it; a constraint that it breaks is told in the caller's terms.
    private func carryOut(
        _ before: StoredRow?, _ transaction: borrowing Transaction
    ) throws -> (after: StoredRow, changes: RowChanges) {
        do {
            let row = try write(before, transaction)
            try entity.consequences.after(row, call, transaction)
            try entity.search?.index(entity, row, call, transaction)
            let after = try rowAfter(row, transaction)
            return (after, try RowChanges(entity, from: before?.record, to: after.record))
        } catch let error as PostgresError {
            if let refusal = entity.refusal(of: error) { throw refusal }
            throw error
        }
    }

    /// Writes what goes with the row, inside the same savepoint.
    private func beside(
        _ row: StoredRow, keeping isKept: Bool, _ transaction: borrowing Transaction
    ) throws -> (row: Further, undo: RowID?)? {
        guard let companion, let other = companion.write(row.key, try JSONDocument(row.record).root) else { return nil }
        let before = try other.rowBefore(transaction)
        if let before { call.notes?.read(other.entity.name, before.key, version: before.version) }
        try other.check(transaction)
        let (after, _) = try other.carryOut(before, transaction)
        var undo: RowID?
        if isKept, isReversible {
            undo = try UndoEntry(other.entity, after.key, before: before, after: after).keep(
                call, principal, transaction)
        }
        return (Further(name: companion.name, entity: other.entity, record: after.record), undo)
    }

    // MARK: Steps

    /// Whether the call adds a row, as a tool does that takes ``IdempotencyRecord/allowDuplicate``.
    private var isAddition: Bool {
        switch kind {
        case .creation: call.tool == "create_" + entity.name
        // Some add a row that belongs to theirs, such as a payment; their tool says so by the parameter.
        case .effect:
            call.registry[call.tool]?.parameters.contains { $0.name == IdempotencyRecord.allowDuplicate.name } ?? false
        case .update, .deletion, .reversal: false
        }
    }

    /// Whether the row that an answer shows is still there.
    private func isThere(_ answer: RawJSON, _ transaction: borrowing Transaction) throws -> Bool {
        guard let id = try JSONDocument(answer.bytes).root["item"]?["id"]?.string,
            let row = RowID(id, prefix: entity.prefix)
        else { return false }
        return try transaction.query(query.locked(.row(row))).rowCount == 1
    }

    /// The row as it is, locked; `nil` for a new one.
    private func rowBefore(_ transaction: borrowing Transaction) throws -> StoredRow? {
        let key: RowKey
        switch kind {
        case .creation: return nil
        case .update(let named), .deletion(let named), .effect(let named, _): key = named
        case .reversal(let row, let version, _):
            guard let row = StoredRow(try transaction.query(query.stored(row, isLocked: true))) else {
                throw entity.notFound
            }
            guard row.version == version else { throw try changedSince(version, row, transaction) }
            return row
        }
        let rows = try transaction.query(query.locked(key))
        guard let row = StoredRow(rows) else { throw entity.notFound }
        if let wanted = call.arguments.integer("if_version"), wanted != row.version {
            throw ToolError(
                .versionConflict,
                "The \(entity.words) is at version \(row.version), not \(wanted). Nothing was changed.",
                hint:
                    "Read it again with get_\(entity.name), then send the change with the new version or without if_version."
            )
        }
        return row
    }

    /// What a caller is told whose write was followed by others.
    private func changedSince(
        _ version: Int64, _ row: StoredRow, _ transaction: borrowing Transaction
    ) throws -> ToolError {
        let names = try transaction.query(
            """
            SELECT DISTINCT jsonb_object_keys(e.changes) FROM audit_events AS e
            WHERE e.workspace_id = \(call.workspace) AND e.entity = \(entity.name)
                AND e.entity_id = \(row.key)::uuid AND e.changes IS NOT NULL
            ORDER BY 1 LIMIT 40
            """)
        let changed = (0..<names.rowCount).compactMap { names.string($0, 0) }.joined(separator: ", ")
        return ToolError(
            .versionConflict,
            "The \(entity.words) was changed since: it is at version \(row.version), not \(version). Nothing was undone.",
            hint: "Read it again and change what should be different; changed so far: \(changed).")
    }

    /// Looks up what the call names: rows of other entities, and members.
    private func check(_ transaction: borrowing Transaction) throws {
        let isNew: Bool
        switch kind {
        case .creation: isNew = true
        case .update: isNew = false
        case .deletion, .reversal, .effect: return
        }
        var problems = entity.consequences.problems(fields, isNew)
        for name in entity.untrusted.map(\.text) {
            guard let text = fields.text(name), Untrusted.cleaned(text).allSatisfy(\.isWhitespace),
                entity[name]?.isRequired == true || !text.allSatisfy(\.isWhitespace)
            else { continue }
            problems.append(.init(name, "`\(name)` holds nothing that can be read; give some text."))
        }
        let named = entity.fields.flatMap { $0.existences(fields, in: call.workspace) }
        if !named.isEmpty {
            let found = try transaction.queries(named.map(\.1))
            for ((name, _), rows) in zip(named, found) where rows.bool(0, 0) != true {
                problems.append(.init(name, "`\(name)` names nothing that is in this workspace."))
            }
        }
        guard problems.isEmpty else { throw ToolError(problems: problems) }
    }

    /// Writes the row, and the columns that follow from its others.
    private func write(_ before: StoredRow?, _ transaction: borrowing Transaction) throws -> RowID {
        let table: SQL = "\(verbatim: entity.table)"
        var given = entity.fields.flatMap { field in
            field.assignments(fields, in: call.workspace, cleaned: entity.isUntrusted(field))
        }
        switch kind {
        case .creation, .update: given += try entity.consequences.prepare(before?.key, call, transaction)
        case .deletion, .effect, .reversal: break
        }
        guard let before else {
            let derived = entity.consequences.derived.map { Assignment($0.column, "'placeholder'") }
            let assignments = [Assignment("workspace_id", call.workspace)] + given + derived
            let columns = assignments.map(\.column).joined(separator: ", ")
            let inserted = try transaction.query(
                """
                INSERT INTO \(table) (\(verbatim: columns)) VALUES (\(SQL.joined(assignments.map(\.value)))) RETURNING id
                """)
            guard let row = inserted.string(0, 0).flatMap(RowID.init(uuid:)) else {
                throw PostgresError(.unexpectedResult, "A new row came without its key.")
            }
            try replaceLines(of: row, transaction)
            try replaceMembers(of: row, transaction)
            try derive(row, transaction)
            return row
        }
        var assignments = given
        switch kind {
        case .creation: break
        case .update: try entity.consequences.before(change(of: before, to: fields), call, transaction)
        case .effect(_, let effect):
            try effect(change(of: before, to: fields), transaction)
            return before.key
        case .deletion:
            try entity.consequences.before(change(of: before, to: nil), call, transaction)
            assignments = [Assignment("deleted_at", "clock_timestamp()")]
        case .reversal(_, _, to: nil): assignments = [Assignment("deleted_at", "clock_timestamp()")]
        case .reversal(_, _, to: let columns?): assignments = try reversing(columns)
        }
        for name in fields.words("clear") ?? [] {
            assignments += (entity[name]?.columns ?? []).map { Assignment($0, "DEFAULT") }
        }
        assignments += [Assignment("updated_at", "clock_timestamp()"), Assignment("version", "t.version + 1")]
        let settings = assignments.map { (assignment: Assignment) -> SQL in
            "\(verbatim: assignment.column) = \(assignment.value)"
        }
        _ = try transaction.query(
            """
            UPDATE \(table) AS t SET \(SQL.joined(settings))
            WHERE t.workspace_id = \(call.workspace) AND t.id = \(before.key)::uuid
            """)
        try replaceLines(of: before.key, transaction)
        try replaceMembers(of: before.key, transaction)
        try derive(before.key, transaction)
        return before.key
    }

    private func change(of row: StoredRow, to fields: Arguments?) throws -> RowChange {
        RowChange(row: row.key, record: try JSONDocument(row.record).root, fields: fields)
    }

    /// Puts the lines that are given, or that were kept, in the place of those that are there.
    private func replaceLines(of row: RowID, _ transaction: borrowing Transaction) throws {
        let key: SQL = "\(row)::uuid"
        for (field, lines) in entity.lines {
            let addition: SQL
            switch kind {
            case .creation, .update:
                guard let given = fields.objects(field.name) else { continue }
                addition = lines.addition(of: given, to: key, in: call.workspace)
            case .reversal(_, _, to: let columns?):
                guard try JSONDocument(text: columns).root[field.name] != nil else { continue }
                addition = lines.addition(kept: "\(columns)::jsonb -> \(field.name)")
            case .deletion, .effect, .reversal: continue
            }
            _ = try transaction.queries([lines.removal(of: key, in: call.workspace), addition])
        }
    }

    /// Puts the members beside a row who are to stand there.
    private func replaceMembers(of row: RowID, _ transaction: borrowing Transaction) throws {
        for field in entity.fields {
            guard case .members(let table, let column) = field.kind,
                let members = try members(of: field)
            else { continue }
            _ = try transaction.queries([
                """
                DELETE FROM \(verbatim: table) AS l
                WHERE l.workspace_id = \(call.workspace) AND l.\(verbatim: column) = \(row)::uuid
                """,
                """
                INSERT INTO \(verbatim: table) (workspace_id, \(verbatim: column), member_id, position)
                SELECT \(call.workspace), \(row)::uuid, n.id, min(n.place) - 1
                FROM unnest(\(members)) WITH ORDINALITY AS n(id, place) GROUP BY n.id
                """,
            ])
        }
    }

    /// The keys of those who are to stand beside the row; `nil` if that stays as it is.
    private func members(of field: Field) throws -> SQL? {
        if case .reversal(_, _, let columns?) = kind {
            guard let kept = try JSONDocument(text: columns).root[field.name]?.elements else { return nil }
            return "\(kept.compactMap(\.string))::uuid[]"
        }
        if fields.words("clear")?.contains(field.name) == true { return "'{}'::uuid[]" }
        return fields.members(field.name)?.keys(in: call.workspace)
    }

    /// The columns as they were, from the row that was kept as JSON.
    private func reversing(_ columns: String) throws -> [Assignment] {
        let names = try JSONDocument(text: columns).root.members?.map(\.name) ?? []
        let others = entity.fields.filter(\.isBeside).map(\.name)
        return names.filter { !others.contains($0) }.map { name in
            // The program's own columns: their names came out of the table.
            precondition(name.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 95 })
            return Assignment(
                name,
                """
                (SELECT r.\(verbatim: name)
                    FROM jsonb_populate_record(NULL::\(verbatim: entity.table), \(columns)::jsonb) AS r)
                """)
        }
    }

    private func derive(_ row: RowID, _ transaction: borrowing Transaction) throws {
        guard !entity.consequences.derived.isEmpty else { return }
        let settings = entity.consequences.derived.map { "\($0.column) = \($0.expression)" }.joined(separator: ", ")
        _ = try transaction.query(
            """
            UPDATE \(verbatim: entity.table) AS t SET \(verbatim: settings)
            WHERE t.workspace_id = \(call.workspace) AND t.id = \(row)::uuid
            """)
    }

    /// The row as it is now, deleted or not.
    private func rowAfter(_ row: RowID, _ transaction: borrowing Transaction) throws -> StoredRow {
        let rows = try transaction.query(query.stored(row))
        guard let row = StoredRow(rows) else {
            throw PostgresError(.unexpectedResult, "A row that was written is not there.")
        }
        return row
    }

    // MARK: Receipt

    /// A receipt shows a row without its relations.
    private func fieldsOfOutsiders(_ entity: Entity) -> [UntrustedPath] {
        entity.untrusted(isInList: false).filter { entity[$0.root] != nil }
    }

    /// Whether the row can be looked at after the call.
    private func isShown(isDry: Bool) -> Bool {
        switch kind {
        case .creation: !isDry
        case .update, .effect: true
        case .deletion: false
        case .reversal(_, _, let columns): columns != nil
        }
    }

    private func receipt(
        _ row: StoredRow, _ changes: RowChanges, undo: String? = nil, further: Further? = nil, isDry: Bool = false
    ) -> ToolAnswer {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("item")
        writer.write(raw: row.record)
        writer.write("changed", .array(changes.names.map { .string($0) }))
        if isDry {
            writer.write("dry_run", true)
            writer.key("preview")
            writer.write(raw: changes.json)
        }
        if let further {
            writer.key(further.name)
            writer.write(raw: further.record)
        }
        if let undo { writer.write("undo_token", .string(undo)) }
        if isShown(isDry: isDry), let links = call.links(to: row.key.text(prefix: entity.prefix), entity.name) {
            writer.write(links.name, links.value)
        }
        writer.endObject()
        var untrusted = fieldsOfOutsiders(entity).under("item")
        if isDry { untrusted += entity.untrustedChanges.under("preview") }
        if let further { untrusted += fieldsOfOutsiders(further.entity).under(further.name) }
        return ToolAnswer(RawJSON(writer.bytes), untrusted: untrusted)
    }
}

/// A row as the database has it.
struct StoredRow: Sendable {
    let key: RowID
    let version: Int64
    /// All columns as one JSON object.
    let columns: String
    /// What a caller sees of it, as a JSON object.
    let record: [UInt8]

    init?(_ rows: QueryResult) {
        guard rows.rowCount == 1, let key = rows.string(0, 0).flatMap(RowID.init(uuid:)),
            let version = rows.int64(0, 1), let columns = rows.string(0, 2), let record = rows.bytes(0, 3)
        else { return nil }
        self.key = key
        self.version = version
        self.columns = columns
        self.record = record
    }
}

extension SQL {
    /// Parts with commas between them.
    static func joined(_ parts: [SQL]) -> SQL {
        var sum: SQL = ""
        for (index, part) in parts.enumerated() { sum += index == 0 ? part : ", \(part)" }
        return sum
    }
}
