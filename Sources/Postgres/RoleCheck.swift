/// Whether a connection's role is as weak as the program's must be, for policies do not bind the strong.
package enum RoleCheck {
    /// A power that the role has and should not have.
    package enum Excess: Sendable, Equatable {
        /// The role passes every check.
        case superuser
        /// The role passes every row-level policy.
        case bypassesRowSecurity
        /// The role is a member of a role that no policy binds, and could become it.
        case canBecome(String)
        /// The role, or one that it is a member of, owns this table, so it could switch its policies off.
        case ownsTable(String)

        /// One sentence for whoever starts the program.
        package var message: String {
            switch self {
            case .superuser: "The role is a superuser, so row-level security does not bind it."
            case .bypassesRowSecurity: "The role has BYPASSRLS, so row-level security does not bind it."
            case .canBecome(let name): "The role is a member of \(name), which row-level security does not bind."
            case .ownsTable(let name): "The role owns the table \(name), so it could switch row-level security off."
            }
        }
    }

    /// Returns what the role of a connection could do too much; empty is good.
    package static func excesses(of connection: Connection) throws(PostgresError) -> [Excess] {
        let role = try connection.query("SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")
        guard role.rowCount == 1 else { throw PostgresError(.unexpectedResult, "The role does not know itself.") }
        // A superuser is a member of every role, so the rest would only repeat it.
        if role.bool(0, 0) != false { return [.superuser] }
        var excesses: [Excess] = role.bool(0, 1) == false ? [] : [.bypassesRowSecurity]
        let strong = try connection.query(
            """
            SELECT rolname FROM pg_roles
             WHERE (rolsuper OR rolbypassrls) AND rolname <> current_user AND pg_has_role(current_user, oid, 'MEMBER')
             ORDER BY 1
            """
        )
        for row in 0..<strong.rowCount { excesses.append(.canBecome(strong.string(row, 0) ?? "?")) }
        let tables = try connection.query(
            """
            SELECT c.oid::regclass::text
              FROM pg_class c
              JOIN pg_namespace n ON n.oid = c.relnamespace
             WHERE c.relkind IN ('r', 'p')
               AND n.nspname NOT IN ('pg_catalog', 'information_schema')
               AND n.nspname NOT LIKE 'pg\\_t%'
               AND pg_has_role(current_user, c.relowner, 'MEMBER')
             ORDER BY 1
             LIMIT 10
            """
        )
        for row in 0..<tables.rowCount { excesses.append(.ownsTable(tables.string(row, 0) ?? "?")) }
        return excesses
    }
}
