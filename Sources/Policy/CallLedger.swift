package import Identity
package import Postgres

/// Where the nodes take their calls from: counters in the database, one row for each window that is open.
package enum CallLedger {
    /// Takes calls in one transaction of its own; all that was ordered is taken or nothing.
    ///
    /// - Returns: A grant for each part of the order; `nil` where it was not looked at, for one before fell short.
    package static func take(
        _ order: [CallBook.Order],
        of credential: RowID,
        in workspace: WorkspaceID,
        from database: borrowing Database
    ) throws -> [CallGrant?] {
        let rows = try database.transaction { transaction in
            try transaction.queries([Tenancy.set(workspace), taking(order, for: credential)])[1]
        }
        return (0..<rows.rowCount).map { row in
            guard let count = rows.int64(row, 0), let remaining = rows.int64(row, 1), let began = rows.int64(row, 2),
                let length = rows.int64(row, 3)
            else { return nil }
            return CallGrant(
                count: Int(count), remaining: Int(remaining), began: began, endsIn: .microseconds(length))
        }
    }

    /// Gives calls back that were taken and not admitted, in one transaction of its own; those of windows that are over stay
    /// where they are.
    ///
    /// - Parameter remainders: In the order in which rows are locked.
    package static func giveBack(
        _ remainders: [CallBook.Remainder],
        in workspace: WorkspaceID,
        to database: borrowing Database
    ) throws {
        let statements = Meter.Scope.allCases.compactMap { scope -> SQL? in
            let those = remainders.filter { $0.meter.scope == scope }
            return those.isEmpty ? nil : giving(those, to: scope, in: workspace)
        }
        try database.transaction { transaction in
            _ = try transaction.queries([Tenancy.set(workspace)] + statements)
        }
    }

    /// One statement for all counters of a kind of owner, which locks them in order before it changes any.
    private static func giving(
        _ those: [CallBook.Remainder], to scope: Meter.Scope, in workspace: WorkspaceID
    ) -> SQL {
        let (table, owner): (SQL, SQL) =
            switch scope {
            case .credential: ("credential_calls", "credential_id")
            case .server: ("server_calls", "server_id")
            case .workspace: ("workspace_calls", "workspace_id")
            }
        return """
            WITH held AS (
                SELECT g.owner, g.meter, g.began, g.count
                FROM unnest(\(those.map(\.owner))::uuid[], \(those.map(\.meter.rawValue))::text[],
                    \(those.map(\.began))::bigint[], \(those.map(\.count))::bigint[])
                    WITH ORDINALITY AS g(owner, meter, began, count, place)
                JOIN \(table) AS c ON c.workspace_id = \(workspace)::uuid AND c.\(owner) = g.owner AND c.meter = g.meter
                ORDER BY g.place
                FOR UPDATE OF c
            )
            UPDATE \(table) AS c SET taken = greatest(0, c.taken - held.count)
            FROM held
            WHERE c.workspace_id = \(workspace)::uuid AND c.\(owner) = held.owner AND c.meter = held.meter
                AND c.starts_at = to_timestamp(held.began)
            """
    }

    private static func taking(_ order: [CallBook.Order], for credential: RowID) -> SQL {
        let server = order.compactMap(\.server).first
        return """
            SELECT got, remaining, began, ends_in FROM take_calls(
                \(credential)::uuid, \(server)::uuid, \(order.map(\.meter.rawValue))::text[],
                \(order.map(\.limit))::bigint[], \(order.map(\.wanted))::bigint[], \(order.map(\.spare))::bigint[])
            """
    }
}
