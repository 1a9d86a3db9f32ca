import Tools

/// A page of the documentation that follows from what the product has.
///
/// `workport tools --docs Sources/Catalog/Catalog.docc` writes all of them, and a test compares the files with them.
package struct Page: Sendable {
    /// Where the page lies in the folder of all pages, such as `Toolsets/contacts.md`.
    package let path: String
    package let text: String

    init(_ path: String, _ blocks: [String]) {
        self.path = path
        text = blocks.filter { !$0.isEmpty }.joined(separator: "\n\n") + "\n"
    }

    /// The overview, a page for each toolset, a page for each kind of row.
    package static let all =
        [overview] + Catalog.toolsets.map(Page.toolset) + Catalog.entityList.map(Page.entity)
}

/// Markdown, as pages are written.
enum Markdown {
    /// A table; empty if it has no rows.
    static func table(_ columns: [String], _ rows: [[String]]) -> String {
        guard !rows.isEmpty else { return "" }
        let head = line(columns) + "\n" + line(columns.map { _ in "---" })
        return ([head] + rows.map(line)).joined(separator: "\n")
    }

    private static func line(_ cells: [String]) -> String {
        "| " + cells.map { $0.replacing("|", with: "\\|").replacing("\n", with: " ") }.joined(separator: " | ") + " |"
    }

    static func code(_ text: String) -> String { "`\(text)`" }

    /// Words as code, with commas between them; a dash if there are none.
    static func codes(_ words: [String]) -> String { words.isEmpty ? "–" : words.map(code).joined(separator: ", ") }
}
