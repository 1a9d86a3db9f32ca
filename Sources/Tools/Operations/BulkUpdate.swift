import Crypto
package import Identity
import JSON
package import Postgres

extension Tool {
    /// `bulk_update_<plural>`: the same fields of up to 200 rows, all or none.
    ///
    /// - Parameter subject: What the permission to update is about.
    package static func bulkUpdate(_ entity: Entity, _ subject: String, _ description: String) -> Tool {
        Tool(
            name: "bulk_update_" + entity.plural,
            title: "Update many " + entity.plural.split(separator: "_").joined(separator: " "),
            description: description,
            effects: .changingMany,
            permission: .update(subject),
            parameters: [
                Parameter("ids", .identifiers(prefix: entity.prefix, count: BulkUpdate.bound), "Rows, or filter."),
                Parameter("filter", .record(RowFilters.parameters(of: entity)), "Filters of list_\(entity.plural)."),
                Parameter("expect_count", .integer(0...Int64(BulkUpdate.bound)), "How many rows filter must find."),
                Parameter(
                    "set", .record(entity.settable), "Fields of update_\(entity.name), clear too.", isRequired: true),
            ] + RowWrite.parameters,
            output: BulkUpdate.output,
            body: .write { call, principal, transaction in
                try BulkUpdate(entity, call, principal).run(transaction)
            }
        ).about(entity)
            .refusing(.notFound, "Some of `ids` are not in this workspace; nothing was changed.")
            .refusing(.tooLarge, "`filter` finds more than \(BulkUpdate.bound) rows; nothing was changed.")
            .refusing(whatWritesBreakOf: entity)
    }
}

extension Entity {
    /// What an update may set.
    fileprivate var settable: [Parameter] {
        let open = changeable
        return open.compactMap { $0.parameter(isRequired: false) }
            + [Parameter("clear", .names(open.filter { !$0.isRequired && !$0.isKept }.map(\.name)), "")]
    }
}

/// One call of such a tool, inside its transaction: the rows are locked in one order, then each is written as if alone.
struct BulkUpdate: Sendable {
    /// How many rows one call changes.
    static let bound = 200
    /// How many rows an answer and a preview show.
    static let shown = 20

    static let output: JSONValue = ["type": "object", "required": ["count", "updated"]]

    private let entity: Entity
    private let call: ToolCall
    private let principal: Principal
    private let query: EntityQuery

    init(_ entity: Entity, _ call: ToolCall, _ principal: Principal) {
        self.entity = entity
        self.call = call
        self.principal = principal
        query = EntityQuery(entity: entity, workspace: call.workspace)
    }

    func run(_ transaction: borrowing Transaction) throws -> WriteOutcome {
        let isDry = call.arguments.boolean("dry_run") == true
        let record = IdempotencyRecord(call, key: "idempotency_key", principal)
        if !isDry, let earlier = try record.claim(transaction) { return .done(earlier, entity: nil) }
        guard let set = call.arguments.object("set"), !set.isEmpty else {
            throw ToolError(problems: [.init("set", "`set` is empty; name the fields that shall have other values.")])
        }
        let rows = try chosen(transaction)
        let group = RowGroup()
        let part = call.part(set)
        let written = try rows.map { row in
            try RowWrite(entity, .update(.row(row)), part, principal, group: group.digits)
                .perform(keeping: !isDry, transaction)
        }
        let changed = written.filter { !$0.changes.isEmpty }
        if changed.isEmpty { call.notes?.noteNoEffect() }
        let receipt = try RowGroup.Receipt(entity, written, group: isDry || changed.isEmpty ? nil : group, isDry: isDry)
        call.notes?.describe(receipt.description)
        if isDry || changed.isEmpty { return .done(receipt.answer, entity: nil) }
        try record.keep(receipt.answer, transaction)
        return .bulk(receipt.answer, receipt.rows)
    }

    // MARK: Rows

    /// The rows that the call names, locked in the order of their keys.
    private func chosen(_ transaction: borrowing Transaction) throws -> [RowID] {
        switch (call.arguments.rows("ids"), call.arguments.object("filter")) {
        case (let ids?, nil):
            guard !ids.isEmpty else { throw problem("ids", "`ids` is empty; name at least one row.") }
            let found = try locked("AND t.id = ANY (\(ids)::uuid[])", transaction)
            let missing = ids.filter { !found.contains($0) }
            guard missing.isEmpty else {
                let names = missing.prefix(5).map { $0.text(prefix: entity.prefix) }.joined(separator: ", ")
                throw ToolError(
                    .notFound,
                    "\(missing.count) of the \(ids.count) rows are not in this workspace: \(names). Nothing was changed.",
                    hint: "Take ids from list_\(entity.plural).")
            }
            if let count = call.arguments.integer("expect_count") { try expect(count, found) }
            return found
        case (nil, let filter?):
            guard let count = call.arguments.integer("expect_count") else {
                throw problem(
                    "expect_count", "`expect_count` is missing: with `filter`, say how many rows it must find.")
            }
            let found = try locked(RowFilters(entity, filter, in: call.workspace).narrowing, transaction)
            try expect(count, found)
            return found
        case (nil, nil): throw problem("ids", "`ids` is missing: `ids`, or `filter` with `expect_count`, is needed.")
        case (_?, _?): throw problem("filter", "`filter` and `ids` exclude each other; give one of them.")
        }
    }

    private func locked(_ condition: SQL, _ transaction: borrowing Transaction) throws -> [RowID] {
        let rows = try transaction.query(
            """
            SELECT t.id::text FROM \(verbatim: entity.table) AS t WHERE \(query.living) \(condition)
            ORDER BY t.id LIMIT \(Int64(Self.bound) + 1)::bigint FOR UPDATE
            """)
        guard rows.rowCount <= Self.bound else {
            throw ToolError(
                .tooLarge,
                "The filter finds more than \(Self.bound) rows, which is the most for one call. Nothing was changed.",
                hint: "Narrow the filter, or go through list_\(entity.plural) and call it with ids.")
        }
        return (0..<rows.rowCount).compactMap { rows.string($0, 0).flatMap(RowID.init(uuid:)) }
    }

    private func expect(_ count: Int64, _ found: [RowID]) throws {
        guard found.count != Int(count) else { return }
        throw problem(
            "expect_count", "`expect_count` is \(count), but there are \(found.count) such rows. Nothing was changed.")
    }

    private func problem(_ field: String, _ message: String) -> ToolError {
        ToolError(problems: [.init(field, message)])
    }
}

/// Rows that are written together and taken back together.
package struct RowGroup: Sendable {
    /// The key that their undo entries share, as hexadecimal digits.
    package let digits = Hex.encode(SecureRandom.bytes(16))

    package init() {}

    /// What was written, told together.
    struct Receipt {
        let answer: ToolAnswer
        let rows: [WrittenRow]
        let description: WriteNotes.Description

        init(_ entity: Entity, _ written: [RowWrite.Written], group: RowGroup?, isDry: Bool = false) throws {
            let changed = written.filter { !$0.changes.isEmpty }
            rows = changed.map { WrittenRow(entity: entity.name, row: $0.after.key, fields: $0.changes.json) }
            var fields: [String] = []
            for name in changed.flatMap(\.changes.names) where !fields.contains(name) { fields.append(name) }
            let shown = try changed.prefix(BulkUpdate.shown).map { row -> JSONValue in
                [
                    "id": .string(row.after.key.text(prefix: entity.prefix)),
                    "name": .string(try entity.title(of: row.after)),
                    "changes": .raw(row.changes.json),
                ]
            }
            var members: [JSONMember] = [
                JSONMember("count", .integer(Int64(written.count))),
                JSONMember("updated", .integer(Int64(changed.count))),
                JSONMember("changed", .array(fields.map { .string($0) })), JSONMember("rows", .array(shown)),
            ]
            let untrusted =
                ((entity.untrustedTitle.map { [UntrustedPath("name", $0)] } ?? [])
                + entity.untrustedChanges.under("changes"))
                .under("rows[]")
            let plural = entity.plural.split(separator: "_").joined(separator: " ")
            description = WriteNotes.Description(
                "Update \(changed.count) of \(written.count) \(plural): \(fields.joined(separator: ", ")).",
                RawJSON(.object(members)), untrusted: untrusted)
            if isDry { members.append(JSONMember("dry_run", true)) }
            if let group { members.append(JSONMember("undo_token", .string("und_" + group.digits))) }
            answer = ToolAnswer(RawJSON(.object(members)), untrusted: untrusted)
        }
    }

    /// Takes back what was written together.
    package static func reverse(
        _ entity: Entity,
        _ entries: [(row: RowID, version: Int64, columns: String?)],
        _ call: ToolCall,
        _ principal: Principal,
        _ transaction: borrowing Transaction
    ) throws -> WriteOutcome {
        let group = RowGroup()
        let written = try entries.map { entry in
            try RowWrite(
                entity, .reversal(entry.row, version: entry.version, to: entry.columns), call, principal,
                group: group.digits
            ).perform(keeping: true, transaction)
        }
        let receipt = try Receipt(entity, written, group: group)
        call.notes?.describe(receipt.description)
        return .bulk(receipt.answer, receipt.rows)
    }
}
