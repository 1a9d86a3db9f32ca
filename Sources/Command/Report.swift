import JSON

/// Prints rows that the database made as JSON: for programs as they are, for people as a table or a list.
enum Report {
    static func print(_ rows: [RawJSON], columns: [String], asJSON: Bool) {
        if asJSON { return Terminal.print("[" + rows.map(\.text).joined(separator: ",") + "]") }
        let lines =
            [columns]
            + rows.map { row in
                let root = try? JSONDocument(row.bytes).root
                return columns.map { shown(root?[$0]) }
            }
        let widths = columns.indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
        for line in lines {
            let cells = zip(line, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
            Terminal.print(cells.joined(separator: "  "))
        }
    }

    static func print(_ row: RawJSON, asJSON: Bool) {
        if asJSON { return Terminal.print(row.text) }
        for (name, value) in (try? JSONDocument(row.bytes).root)?.members ?? [] {
            Terminal.print(name + String(repeating: " ", count: max(1, 26 - name.count)) + shown(value))
        }
    }

    private static func shown(_ node: JSONNode?) -> String {
        guard let node, !node.isNull else { return "-" }
        if let elements = node.elements { return elements.map(shown).joined(separator: ", ") }
        return node.string ?? node.raw.text
    }
}
