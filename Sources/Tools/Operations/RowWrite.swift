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
        /// What it was before the write that led to a version: columns as a JSON object; `nil` if it was not there.
        case reversal(RowID, version: Int64, to: String?)
    }

    let entity: Entity
    let kind: Kind
    let call: ToolCall
    private let principal: Principal
    private let query: EntityQuery

    /// The key that the undo entries of all rows have that are written together.
    private let group: String?

    package init(_ entity: Entity, _ kind: Kind, _ call: ToolCall, _ principal: Principal, group: String? = nil) {
        self.group = group
        self.entity = entity
        self.kind = kind
        self.call = call
        self.principal = principal
        query = EntityQuery(entity: entity, workspace: call.workspace)
    }

    /// What every write takes beside its fields.
    static let parameters = [
        Parameter("idempotency_key", .text(maximum: 128), "").terse,
        Parameter("dry_run", .boolean, ""),
    ]

    static let ifVersion = Parameter("if_version", .integer(1...Parameter.largestInteger), "").terse

    /// What a write answers: the row, the fields that changed, and what takes the write back.
    package static let output: JSONValue = ["type": "object", "required": ["item", "changed"]]

    package func run(_ transaction: borrowing Transaction) throws -> WriteOutcome {
        let isDry = call.arguments.boolean("dry_run") == true
        let record = IdempotencyRecord(call, key: "idempotency_key", principal)
        if !isDry, let earlier = try record.claim(transaction) { return .done(earlier, entity: nil) }
        let written = try perform(keeping: !isDry, transaction)
        let (before, after, changes) = (written.before, written.after, written.changes)
        if changes.isEmpty { call.notes?.noteNoEffect() }
        guard written.isKept else {
            return .done(
                receipt(changes.isEmpty ? (before ?? after) : after, changes, isDry: isDry),
                entity: (entity.name, after.key))
        }
        let answer = receipt(after, changes, undo: written.undo)
        if let notes = call.notes { notes.describe(try description(before, after, changes, transaction)) }
        try record.keep(answer, transaction)
        return .done(answer, entity: (entity.name, after.key), fields: changes.json)
    }

    /// What became of the row.
    struct Written {
        let before: StoredRow?
        let after: StoredRow
        let changes: RowChanges
        /// Whether it was written for good: not if it changed nothing, or was only tried.
        let isKept: Bool
        /// What takes the write back.
        let undo: String?
    }

    /// The write itself, and its undo entry.
    func perform(keeping isWanted: Bool, _ transaction: borrowing Transaction) throws -> Written {
        let before = try rowBefore(transaction)
        if let before { call.notes?.read(entity.name, before.key, version: before.version) }
        try check(transaction)
        _ = try transaction.query("SAVEPOINT change")
        let row = try write(before, transaction)
        try entity.consequences.after(row, call, transaction)
        try entity.search?.index(entity, row, call, transaction)
        let after = try rowAfter(row, transaction)
        let changes = try RowChanges(entity, from: before?.record, to: after.record)
        let isKept = isWanted && !changes.isEmpty
        var undo: String?
        if isKept {
            undo = try UndoEntry(entity, row, before: before, after: after, group: group)
                .keep(call, principal, transaction)
        } else {
            _ = try transaction.query("ROLLBACK TO SAVEPOINT change")
        }
        // Many rows would leave as many savepoints open.
        if group != nil { _ = try transaction.query("RELEASE SAVEPOINT change") }
        return Written(before: before, after: after, changes: changes, isKept: isKept, undo: undo)
    }

    // MARK: Steps

    /// The row as it is, locked; `nil` for a new one.
    private func rowBefore(_ transaction: borrowing Transaction) throws -> StoredRow? {
        let key: RowKey
        switch kind {
        case .creation: return nil
        case .update(let named), .deletion(let named): key = named
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
                AND e.entity_id = \(row.key.digits)::uuid AND e.changes IS NOT NULL
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
        case .deletion, .reversal: return
        }
        var problems = entity.consequences.problems(call.arguments, isNew)
        let named = entity.fields.compactMap { field in
            field.existence(call.arguments, in: call.workspace).map { (field.name, $0) }
        }
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
        let given = entity.fields.flatMap { $0.assignments(call.arguments, in: call.workspace) }
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
            try derive(row, transaction)
            return row
        }
        var assignments = given
        switch kind {
        case .creation, .update: break
        case .deletion, .reversal(_, _, to: nil): assignments = [Assignment("deleted_at", "clock_timestamp()")]
        case .reversal(_, _, to: let columns?): assignments = try reversing(columns)
        }
        for name in call.arguments.words("clear") ?? [] {
            assignments += (entity[name]?.columns ?? []).map { Assignment($0, "NULL") }
        }
        assignments += [Assignment("updated_at", "clock_timestamp()"), Assignment("version", "t.version + 1")]
        let settings = assignments.map { (assignment: Assignment) -> SQL in
            "\(verbatim: assignment.column) = \(assignment.value)"
        }
        _ = try transaction.query(
            """
            UPDATE \(table) AS t SET \(SQL.joined(settings))
            WHERE t.workspace_id = \(call.workspace) AND t.id = \(before.key.digits)::uuid
            """)
        try derive(before.key, transaction)
        return before.key
    }

    /// The columns as they were, from the row that was kept as JSON.
    private func reversing(_ columns: String) throws -> [Assignment] {
        let names = try JSONDocument(text: columns).root.members?.map(\.name) ?? []
        return names.map { name in
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
            WHERE t.workspace_id = \(call.workspace) AND t.id = \(row.digits)::uuid
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

    private func receipt(
        _ row: StoredRow, _ changes: RowChanges, undo: String? = nil, isDry: Bool = false
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
        if let undo { writer.write("undo_token", .string(undo)) }
        writer.endObject()
        return ToolAnswer(RawJSON(writer.bytes))
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
