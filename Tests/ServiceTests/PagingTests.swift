import Catalog
import Identity
import JSON
import Postgres
import TestSupport
import Testing
import Tools

/// Every list of the registry, read to its end while others add rows.
@Suite("A list", .serialized)
struct PagingTests {
    /// A list tool, the table of its rows, and how it may be sorted.
    struct Listing: Sendable, CustomTestStringConvertible {
        let tool: String
        let table: String
        let sort: String?
        let order: String?

        var testDescription: String { [tool, sort, order].compactMap(\.self).joined(separator: " ") }
    }

    private static let listings: [Listing] = Catalog.registry.tools.flatMap { tool -> [Listing] in
        let names = Set(tool.parameters.map(\.name))
        guard tool.name.hasPrefix("list"), names.contains("cursor"),
            !tool.parameters.contains(where: \.isRequired)
        else { return [] }
        let table = tool.name == "listTaskComments" ? "comments" : tool.entity?.table ?? "tasks"
        let sorts: [String?] = names.contains("sort") ? tool.entity?.orders.map(\.name) ?? [nil] : [nil]
        let orders: [String?] = names.contains("order") ? ["asc", "desc"] : [nil]
        return sorts.flatMap { sort in
            orders.map { Listing(tool: tool.name, table: table, sort: sort, order: $0) }
        }
    }

    private static let bench = Result { () throws -> (bench: Bench, workspace: TestWorkspace) in
        let bench = try Bench()
        return (bench, try bench.workspace())
    }

    @Test("shows each row once on all its pages while rows are added", arguments: listings)
    func pages(listing: Listing) throws {
        #expect(Set(Self.listings.map(\.tool)).count > 15)
        let (bench, workspace) = try Self.bench.get()
        let client = try bench.client(workspace, profile: .all)
        let copies = try RowCopies(
            of: listing.table, in: workspace.id, on: bench.database.connect(as: .superuser))
        var given: JSONValue = [:]
        if listing.table == "comments" { given = ["taskNumber": .integer(try copies.taskNumber())] }
        // Enough for several pages; equal times are what an order by time alone would lose rows at.
        try copies.add(6, at: "now() - interval '1 hour'")
        let before = try Set(walk(client, listing, given))
        #expect(before.count >= 7)
        var added = 0
        let seen = try walk(client, listing, given) {
            added += 1
            try copies.add(1, at: added % 2 == 0 ? "now() - interval '1 hour'" : "clock_timestamp()")
            try copies.add(1, at: "now() - interval '40 days'")
        }
        #expect(added >= 3)
        #expect(Set(seen).count == seen.count, "A row is there twice")
        #expect(before.subtracting(seen) == [], "A row is lost")
    }

    /// The identifiers on all pages, in order.
    ///
    /// - Parameters:
    ///   - given: What the tool has to be told.
    ///   - meanwhile: What happens behind each page.
    private func walk(
        _ client: Client, _ listing: Listing, _ given: JSONValue, _ meanwhile: () throws -> Void = {}
    ) throws -> [String] {
        var identifiers: [String] = []
        var arguments = given.adding("limit", 2)
        if let sort = listing.sort { arguments = arguments.adding("sort", .string(sort)) }
        if let order = listing.order { arguments = arguments.adding("order", .string(order)) }
        for _ in 0..<400 {
            let page = try client.call(listing.tool, arguments)
            try #require(!page.isError, "\(page.text)")
            identifiers += page.items.compactMap { $0["id"]?.string }
            guard let cursor = page.structured["next_cursor"] else { return identifiers }
            // Rows that are added where the list still goes would keep it going.
            if identifiers.count < 12 { try meanwhile() }
            arguments = arguments.adding("cursor", cursor)
        }
        Issue.record("The list has no end")
        return identifiers
    }
}

/// Copies of a row of any table, with other values where values are unique.
private struct RowCopies {
    private let connection: Connection
    private let table: String
    private let workspace: WorkspaceID
    /// The columns that a copy gets, and its values over the row `t`.
    private let columns: [(name: String, value: String)]

    init(of table: String, in workspace: WorkspaceID, on connection: Connection) throws {
        (self.table, self.workspace, self.connection) = (table, workspace, connection)
        let rows = try connection.query(
            """
            SELECT a.attname::text, format_type(a.atttypid, NULL), EXISTS (
                SELECT FROM pg_index AS i
                WHERE i.indrelid = a.attrelid AND i.indisunique AND a.attnum = ANY (i.indkey) AND NOT EXISTS (
                    SELECT FROM pg_attribute AS k
                    WHERE k.attrelid = a.attrelid AND k.attname = 'id' AND k.attnum = ANY (i.indkey)
                )
            )
            FROM pg_attribute AS a
            WHERE a.attrelid = \(table)::regclass AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
            """)
        columns = (0..<rows.rowCount).map { row in
            let (name, type) = (rows.string(row, 0) ?? "", rows.string(row, 1) ?? "")
            let isUnique = rows.bool(row, 2) == true && name != "workspace_id"
            let value: String =
                switch (name, type, isUnique) {
                case ("id", _, _): "time_ordered_uuid()"
                case ("created_at", _, _), ("updated_at", _, _): "$moment"
                case (_, "text", true): "t.\(name) || '-' || md5(random()::text)"
                case (_, "bigint", true), (_, "integer", true):
                    "(SELECT max(m.\(name)) FROM \(table) AS m WHERE m.workspace_id = t.workspace_id) + n"
                default: "t.\(name)"
                }
            return (name, value)
        }
    }

    /// The number of the task to which a comment that is copied belongs.
    func taskNumber() throws -> Int64 {
        let rows = try connection.query(
            """
            SELECT k.number FROM comments AS t JOIN tasks AS k ON k.workspace_id = t.workspace_id AND k.id = t.task_id
            WHERE t.workspace_id = \(workspace.uuid)::uuid AND t.deleted_at IS NULL ORDER BY t.id LIMIT 1
            """)
        return try #require(rows.int64(0, 0))
    }

    /// Adds copies of the oldest row that is not deleted.
    ///
    /// - Parameter moment: An expression: when they were made and touched.
    func add(_ count: Int, at moment: String) throws {
        let names = columns.map(\.name)
        let living = ["deleted_at", "archived_at"].filter(names.contains).map { " AND t.\($0) IS NULL" }
            .joined()
        let values = columns.map { $0.value.replacing("$moment", with: moment) }
        try connection.execute(
            script: """
                INSERT INTO \(table) (\(names.joined(separator: ", ")))
                SELECT \(values.joined(separator: ", ")) FROM (
                    SELECT t.* FROM \(table) AS t WHERE t.workspace_id = '\(workspace.uuid)'\(living) ORDER BY t.id LIMIT 1
                ) AS t CROSS JOIN generate_series(1, \(count)) AS n
                """)
    }
}
