package import JSON

/// How a list stands in the text of its result, which models read: JSON names every field of every row again.
///
/// A list that holds text of outsiders stands inside of a ``Fence`` in every format; a program that wants the bare table
/// takes the structured content.
package enum ResultFormat: String, Sendable, CaseIterable {
    case json
    /// JSON with the names of the fields once: `{"columns": […], "rows": [[…], …]}`, then what else there is.
    case compact
    /// A head and a line a row (RFC 4180); what is no text, number or truth value is JSON inside of a cell. A text that a
    /// spreadsheet would compute (`=`, `+`, `-`, `@`) has an apostrophe before it.
    case csv
    /// A table with a head. In columns with text of outsiders, links, pictures, code and tags are kept from working.
    case markdown

    /// The parameter of a list that chooses one.
    package static let parameter = Parameter("format", .choice(allCases.map(\.rawValue)), "")

    /// A list in this format.
    package struct Text: Sendable {
        package let rows: String
        /// What an answer tells beside its rows, such as where the next page starts; `nil` if nothing or where the text
        /// of the rows holds it.
        package let rest: RawJSON?
    }

    /// The text of an answer with `items`; `nil` for JSON, and for an answer without a list of objects.
    ///
    /// - Parameters:
    ///   - untrusted: Where the answer holds text of outsiders.
    ///   - fence: What such text stands inside of.
    package func text(of answer: RawJSON, untrusted: [UntrustedPath] = [], inside fence: Fence? = nil) -> Text? {
        guard self != .json, let root = (try? JSONDocument(answer.bytes))?.root,
            let rows = root["items"]?.elements, rows.allSatisfy({ $0.kind == .object })
        else { return nil }
        let columns = untrusted.compactMap { path in path.steps.count > 2 ? path.steps[2] : nil }
        let table = ResultTable(rows, untrusted: Set(columns))
        let rest = (root.members ?? []).filter { $0.name != "items" }
        if self == .compact {
            let text = RawJSON(text: table.compact(with: rest))
            return Text(rows: (fence?.around(text) ?? text).text, rest: nil)
        }
        let text = self == .csv ? table.csv : table.markdown
        let others = rest.isEmpty ? nil : RawJSON(.object(rest.map { JSONMember($0.name, .raw($0.value.raw)) }))
        // What does not stand in a row would be outside.
        let isBeside = untrusted.contains { !$0.text.hasPrefix("items[]") }
        return Text(
            rows: fence?.around(text) ?? text, rest: isBeside ? others.flatMap { fence?.around($0) } ?? others : others)
    }

    /// How many bytes of the text a row may take, in whatever format: what a table escapes, JSON need not.
    package func size(of row: [UInt8]) -> Int {
        guard self == .markdown else { return row.count }
        return row.count(where: { ResultTable.isEscaped($0) }) * 3 + row.count
    }
}
