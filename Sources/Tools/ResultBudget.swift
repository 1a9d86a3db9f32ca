import Crypto
package import JSON
package import Postgres

/// How much a result may hold: a list is cut at a row boundary and says so.
package enum ResultBudget {
    /// Bytes of JSON text in one result (about 12,000 tokens).
    package static let bytes = 48 * 1024
    /// Characters of one long text inside a list or a record; the rest is cut with `…` and its full length is told.
    package static let textCharacters = 4_000
}

/// A page of a list: as many rows as fit the limit and the budget, and where the next page starts.
package struct ListPage {
    /// One row: its JSON, and the columns by which the list is ordered.
    package struct Row {
        package let item: [UInt8]
        package let position: [String]

        package init(item: [UInt8], position: [String]) {
            self.item = item
            self.position = position
        }
    }

    private let rows: [Row]
    private let limit: Int

    /// - Parameter rows: At most one more than `limit`; the one beyond it only tells that there is a next page.
    package init(_ rows: [Row], limit: Int) {
        self.rows = rows
        self.limit = limit
    }

    /// Takes the JSON from a result's first column and the order from the columns behind it.
    package init(_ result: QueryResult, limit: Int, orderedBy width: Int) {
        rows = (0..<result.rowCount).map { row in
            Row(
                item: result.bytes(row, 0) ?? Array("null".utf8),
                position: (1..<1 + width).map { result.string(row, $0) ?? "" }
            )
        }
        self.limit = limit
    }

    /// Writes `{"items", "next_cursor"?, "truncated"?, …}`.
    ///
    /// - Parameters:
    ///   - extra: Members behind these, such as what was applied.
    ///   - untrusted: Where a row holds text of outsiders.
    package func answer(
        to call: ToolCall, extra: [JSONMember] = [], untrusted: [UntrustedPath] = []
    ) -> ToolAnswer {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("items")
        writer.beginArray()
        var (count, size) = (0, 0)
        for row in rows.prefix(limit) {
            size += call.format.size(of: row.item) + 1
            // The first row always goes out: a page without rows would never get further.
            if count > 0, size > ResultBudget.bytes - 2_048 { break }
            writer.write(raw: row.item)
            count += 1
        }
        writer.endArray()
        if count < rows.count, count > 0 {
            writer.write("next_cursor", .string(Cursor(rows[count - 1].position).sealed(for: call)))
        }
        if count < min(limit, rows.count) { writer.write("truncated", true) }
        writer.write(members: extra)
        writer.endObject()
        return ToolAnswer(RawJSON(writer.bytes), untrusted: untrusted.under("items[]"), to: call)
    }
}
