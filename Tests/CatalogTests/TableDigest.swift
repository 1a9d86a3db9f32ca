import Identity
import Postgres
import Testing

/// One value for all that a table holds of a workspace: equal where the rows are equal.
enum TableDigest {
    static func of(_ table: String, _ connection: Connection, in workspace: WorkspaceID) throws -> String {
        try connection.transaction { connection in
            _ = try connection.query(Tenancy.set(workspace))
            let rows = try connection.query(
                """
                SELECT count(*) || ' ' || coalesce(md5(string_agg(r::text, E'\\n' ORDER BY r::text)), '')
                FROM \(verbatim: table) AS r
                """
            )
            return try #require(rows.string(0, 0))
        }
    }
}

extension Connection {
    /// The first cell of a statement that runs in a workspace.
    func value(_ statement: SQL, in workspace: WorkspaceID) throws -> String? {
        try transaction { connection in
            _ = try connection.query(Tenancy.set(workspace))
            return try connection.query(statement).string(0, 0)
        }
    }
}
