package import Postgres

/// A tenant. In text `wsp_` and 32 hexadecimal digits; it is the last part of the endpoint's path.
package struct WorkspaceID: Sendable, Hashable {
    /// The key of the workspace's row.
    package let row: RowID

    package init(_ row: RowID) { self.row = row }

    /// Reads the identifier from a path or a flag.
    package init?(_ text: String) {
        guard let row = RowID(text, prefix: "wsp") else { return nil }
        self.row = row
    }

    /// The identifier that people see and paste.
    package var text: String { row.text(prefix: "wsp") }
    /// The key's 32 hexadecimal digits, for SQL that takes text; made anew each time.
    package var uuid: String { row.digits }
}

extension WorkspaceID: Bindable {
    /// The key as a `uuid`; the statement has to say so where nothing else tells the type.
    package var bind: Bind { row.bind }
}
