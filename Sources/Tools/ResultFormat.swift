package import JSON

/// How a list stands in the text of its result, which models read: JSON names every field of every row again.
package enum ResultFormat: String, Sendable, CaseIterable {
    case json
    /// JSON with the names of the fields once: `{"columns": […], "rows": [[…], …]}`, then what else there is.
    case compact
    /// A head and a line a row (RFC 4180); what is no text, number or truth value is JSON inside of a cell.
    case csv
    /// A table with a head.
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
    package func text(of answer: RawJSON) -> Text? {
        guard self != .json, let root = (try? JSONDocument(answer.bytes))?.root,
            let rows = root["items"]?.elements, rows.allSatisfy({ $0.kind == .object })
        else { return nil }
        let table = ResultTable(rows)
        let rest = (root.members ?? []).filter { $0.name != "items" }
        if self == .compact { return Text(rows: table.compact(with: rest), rest: nil) }
        return Text(
            rows: self == .csv ? table.csv : table.markdown,
            rest: rest.isEmpty ? nil : RawJSON(.object(rest.map { JSONMember($0.name, .raw($0.value.raw)) })))
    }
}
