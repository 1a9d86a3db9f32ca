import Identity
import Matching
package import Postgres

/// Names of contacts as the index of beginnings stores them.
package enum StoredNames {
    /// The table's columns, in the order in which rows are written.
    static let table = StagedTable("contact_names", "workspace_id contact_id is_turned name")

    /// Appends the rows of one contact.
    static func append(_ name: String, of contact: String?, in workspace: WorkspaceID, to rows: inout CopyText) {
        for (position, turn) in NameTurns.turns(name).enumerated() {
            rows.text(workspace.uuid)
            rows.text(contact)
            rows.bool(position > 0)
            rows.text(turn)
            rows.endRow()
        }
    }

    /// Stores the names of contacts that have none there yet: contacts that are older than the table.
    ///
    /// Folding is the program's, so a migration cannot do it. It runs after one; where all is there it reads and writes
    /// nothing but the list of workspaces.
    ///
    /// - Parameter connection: A connection of the role that owns the schema.
    package static func complete(on connection: Connection) throws {
        let workspaces = try connection.query("SELECT id FROM workspaces ORDER BY id")
        for row in 0..<workspaces.rowCount {
            guard let key = workspaces.string(row, 0).flatMap(RowID.init(uuid:)) else { continue }
            try connection.transaction { connection in try complete(WorkspaceID(key), on: connection) }
        }
    }

    private static func complete(_ workspace: WorkspaceID, on connection: Connection) throws {
        _ = try connection.query(Tenancy.set(workspace))
        let isEmpty = try connection.query(
            "SELECT NOT EXISTS (SELECT FROM contact_names WHERE workspace_id = \(workspace)::uuid)"
        )
        guard isEmpty.bool(0, 0) == true else { return }
        try table.create(on: connection)
        try connection.execute(
            script: """
                DECLARE contacts_without_names NO SCROLL CURSOR FOR
                SELECT id, display_name FROM contacts WHERE workspace_id = current_workspace_id()
                """
        )
        while true {
            let contacts = try connection.query("FETCH 5000 FROM contacts_without_names")
            if contacts.rowCount == 0 { break }
            var rows = CopyText()
            for row in 0..<contacts.rowCount {
                append(contacts.string(row, 1) ?? "", of: contacts.string(row, 0), in: workspace, to: &rows)
            }
            try table.copy(rows.take(), on: connection)
        }
        try table.insert(on: connection)
    }
}
