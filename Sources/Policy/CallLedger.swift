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

    private static func taking(_ order: [CallBook.Order], for credential: RowID) -> SQL {
        let server = order.compactMap(\.server).first?.digits
        return """
            SELECT got, remaining, began, ends_in FROM take_calls(
                \(credential.digits)::uuid, \(server)::uuid, \(order.map(\.meter.rawValue))::text[],
                \(order.map(\.limit))::bigint[], \(order.map(\.wanted))::bigint[], \(order.map(\.spare))::bigint[])
            """
    }
}
