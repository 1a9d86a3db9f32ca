import Postgres
import TestSupport
import Testing
import Tools

@testable import Catalog

/// Declarations against a live database: what they name is there, of the right type, and indexed.
@Suite("An entity")
struct EntityTests {
    static let names = Catalog.entities.keys.sorted()

    private static let database = Result { try TestDatabase.make(migrations: true) }

    private let connection: Connection

    init() throws { connection = try Self.database.get().connect(as: .superuser) }

    @Test("has a column of the right type for each field", arguments: names)
    func columns(name: String) throws {
        let entity = try #require(Catalog.entities[name])
        let types = try types(of: entity.table)
        for field in entity.fields where field.expression == nil {
            for (column, accepted) in Self.expected(field) {
                #expect(accepted.contains(types[column] ?? "no column"), "\(name).\(field.name): \(column)")
            }
            guard case .lines(let lines) = field.kind else { continue }
            let own = try self.types(of: lines.table)
            #expect(own["workspace_id"] == "uuid" && own["id"] == "uuid" && own["position"] == "integer")
            #expect(own[lines.owner] == "uuid", "\(name).\(field.name) has no \(lines.owner)")
            for part in lines.fields where part.expression == nil {
                for (column, accepted) in Self.expected(part) {
                    #expect(accepted.contains(own[column] ?? "no column"), "\(lines.table).\(column)")
                }
            }
        }
        for column in ["workspace_id", "id", "version", "created_at", "updated_at", entity.title] {
            #expect(types[column] != nil, "\(name) has no \(column)")
        }
        #expect(
            (types["deleted_at"] != nil) == entity.isSoftlyDeleted && (types["archived_at"] != nil) == entity.isArchived
        )
    }

    private func types(of table: String) throws -> [String: String] {
        let rows = try connection.query(
            """
            SELECT a.attname::text, format_type(a.atttypid, NULL) FROM pg_attribute AS a
            WHERE a.attrelid = \(table)::regclass AND a.attnum > 0 AND NOT a.attisdropped
            """)
        return Dictionary(
            uniqueKeysWithValues: (0..<rows.rowCount).map { (rows.string($0, 0) ?? "", rows.string($0, 1) ?? "") })
    }

    private static func expected(_ field: Field) -> [(String, Set<String>)] {
        switch field.kind {
        case .text, .choice, .currency: [(field.column, ["text"])]
        case .lines: []
        case .integer: [(field.column, ["integer", "bigint", "smallint"])]
        case .decimal: [(field.column, ["numeric"])]
        case .money: [(field.column + "_amount", ["bigint"]), (field.column + "_currency", ["text"])]
        case .day: [(field.column, ["date"])]
        case .moment: [(field.column, ["timestamp with time zone"])]
        case .boolean: [(field.column, ["boolean"])]
        case .labels: [(field.column, ["text[]"])]
        case .reference, .member: [(field.column, ["uuid"])]
        // In a table of their own.
        case .members: []
        case .json: [(field.column, ["jsonb", "json"])]
        }
    }

    @Test("has the words of a choice as the table's own check", arguments: names)
    func choices(name: String) throws {
        let entity = try #require(Catalog.entities[name])
        for field in entity.fields where field.expression == nil {
            guard case .choice(let words) = field.kind else { continue }
            let checks = try connection.query(
                """
                SELECT pg_get_constraintdef(k.oid) FROM pg_constraint AS k
                JOIN pg_attribute AS a ON a.attrelid = k.conrelid AND k.conkey = ARRAY[a.attnum]
                WHERE k.conrelid = \(entity.table)::regclass AND k.contype = 'c' AND a.attname = \(field.column)
                """)
            let definition = checks.string(0, 0) ?? ""
            let stored = definition.split(separator: "'").enumerated().filter { $0.offset % 2 == 1 }.map {
                String($0.element)
            }
            #expect(Set(stored) == Set(words), "\(name).\(field.name)")
        }
    }

    @Test("has an index that begins with workspace and column for each filter", arguments: names)
    func filters(name: String) throws {
        let entity = try #require(Catalog.entities[name])
        for field in entity.fields where field.isFiltered {
            let column = if case .money = field.kind { field.column + "_amount" } else { field.column }
            let found = try connection.query(
                """
                SELECT EXISTS (
                    SELECT FROM pg_index AS i
                    JOIN pg_attribute AS f ON f.attrelid = i.indrelid AND f.attnum = i.indkey[0]
                    JOIN pg_attribute AS s ON s.attrelid = i.indrelid AND s.attnum = i.indkey[1]
                    WHERE i.indrelid = \(entity.table)::regclass AND f.attname = 'workspace_id' AND s.attname = \(column)
                )
                """)
            #expect(found.bool(0, 0) == true, "\(name).\(field.name)")
        }
    }

    @Test("is read in each of its orders by an index, without sorting", arguments: names)
    func orders(name: String) throws {
        let entity = try #require(Catalog.entities[name])
        try connection.execute(
            script: "SET enable_sort = off; SET enable_seqscan = off; SET enable_incremental_sort = off")
        for order in entity.orders {
            for direction in ["ASC", "DESC"] {
                // What was put away is not in lists unless they are asked for it.
                let living =
                    (entity.isSoftlyDeleted ? "AND t.deleted_at IS NULL" : "")
                    + (entity.isArchived ? " AND t.archived_at IS NULL" : "")
                let plan = try connection.query(
                    """
                    EXPLAIN SELECT t.id FROM \(verbatim: entity.table) AS t
                    WHERE t.workspace_id = '00000000-0000-0000-0000-000000000001' \(verbatim: living)
                    ORDER BY \(verbatim: order.expression) \(verbatim: direction), t.id \(verbatim: direction) LIMIT 101
                    """)
                let text = (0..<plan.rowCount).compactMap { plan.string($0, 0) }.joined(separator: "\n")
                #expect(text.contains("Index") && !text.contains("Sort"), "\(name) by \(order.name): \(text)")
            }
        }
    }
}
