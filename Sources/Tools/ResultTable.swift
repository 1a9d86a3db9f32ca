import JSON

/// The rows of a list with a column for each field that one of them has, in the order in which they are met.
struct ResultTable {
    private let columns: [String]
    private let rows: [[JSONNode?]]
    /// Which columns hold text of outsiders.
    private let untrusted: Set<String>

    /// - Parameters:
    ///   - items: Objects.
    ///   - untrusted: The columns that hold text of outsiders.
    init(_ items: [JSONNode], untrusted: Set<String> = []) {
        self.untrusted = untrusted
        var columns: [String] = []
        var places: [String: Int] = [:]
        var rows: [[JSONNode?]] = []
        for item in items {
            var row = [JSONNode?](repeating: nil, count: columns.count)
            for (name, value) in item.members ?? [] {
                if let place = places[name] {
                    row[place] = value
                } else {
                    places[name] = columns.count
                    columns.append(name)
                    row.append(value)
                }
            }
            rows.append(row)
        }
        self.columns = columns
        self.rows = rows.map { $0 + [JSONNode?](repeating: nil, count: columns.count - $0.count) }
    }

    /// `{"columns": […], "rows": [[…], …]}` with the members of `rest` behind; what a row lacks is `null`.
    func compact(with rest: [(name: String, value: JSONNode)]) -> String {
        var writer = JSONWriter()
        writer.beginObject()
        writer.write("columns", .array(columns.map(JSONValue.string)))
        writer.key("rows")
        writer.beginArray()
        for row in rows { writer.write(.array(row.map { $0.map { .raw($0.raw) } ?? .null })) }
        writer.endArray()
        for (name, value) in rest { writer.write(name, .raw(value.raw)) }
        writer.endObject()
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    /// Comma-separated values with a head, lines ending in CR and LF (RFC 4180).
    var csv: String {
        let lines = [columns] + rows.map { $0.map(Self.inert) }
        return lines.map { $0.map(Self.quoted).joined(separator: ",") + "\r\n" }.joined()
    }

    private static func quoted(_ text: String) -> String {
        text.utf8.contains(where: { [UInt8(ascii: ","), UInt8(ascii: "\""), 10, 13].contains($0) })
            ? "\"" + text.replacing("\"", with: "\"\"") + "\"" : text
    }

    /// A cell that no spreadsheet computes. Numbers are numbers: only texts are looked at.
    private static func inert(_ value: JSONNode?) -> String {
        guard let text = value?.string, let first = text.unicodeScalars.first(where: { $0 != " " }) else {
            return plain(value)
        }
        return "=+-@\t\n\r＝＋－＠".unicodeScalars.contains(first) ? "'" + text : text
    }

    /// A table of GitHub's Markdown.
    var markdown: String {
        let cells = rows.map { row in
            zip(columns, row).map { name, value in
                untrusted.contains(name) ? Self.silenced(Self.plain(value)) : Self.escaped(Self.plain(value))
            }
        }
        let lines = [columns, columns.map { _ in "---" }] + cells
        return lines.map { "| " + $0.joined(separator: " | ") + " |\n" }.joined()
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("|", with: "\\|").replacing("\r\n", with: "<br>")
            .replacing("\n", with: "<br>")
    }

    /// The same without anything that would be a link, a picture, code or a tag.
    private static func silenced(_ text: String) -> String {
        var silenced = ""
        for character in text {
            if "[]<>`".contains(character) { silenced.append("\\") }
            switch character {
            case "\\", "|": silenced += "\\\(character)"
            case "\r\n", "\n": silenced += "<br>"
            default: silenced.append(character)
            }
        }
        return silenced
    }

    /// Whether a byte of JSON may be more than one in a table of Markdown.
    static func isEscaped(_ byte: UInt8) -> Bool { "\\|[]<>`".utf8.contains(byte) }

    private static func plain(_ value: JSONNode?) -> String {
        guard let value, !value.isNull else { return "" }
        return value.string ?? String(decoding: value.raw.bytes, as: UTF8.self)
    }
}
