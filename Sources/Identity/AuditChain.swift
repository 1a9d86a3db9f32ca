package import JSON
package import Postgres

/// The chain of hashes over a workspace's audit events.
///
/// It is made afterwards, by the writer of the trail: events of the last two minutes stay out, for a call that is still
/// running may add one. No call waits for it.
package struct AuditChain {
    /// How old events are when they are linked; longer than any call lasts.
    static let age = "2 minutes"

    /// Makes the links that are due, in a transaction that is set to the workspace.
    static func linking(_ workspace: WorkspaceID) -> SQL {
        "SELECT link_audit_events(\(workspace.uuid)::uuid, \(age)::interval)"
    }

    /// What a check found.
    package struct Report: Sendable {
        package let links: Int64
        package let events: Int64
        /// The first link that is not what its events and the link before it make.
        package let firstBroken: Int64?
        /// Events behind the last link.
        package let unlinked: Int64
        /// The last link's hash in hexadecimal digits: kept elsewhere, it shows later that nothing was cut off.
        package let head: String?

        /// The report as an object.
        package var json: RawJSON {
            RawJSON([
                "intact": .bool(firstBroken == nil), "links": .integer(links), "events": .integer(events),
                "first_broken": firstBroken.map { .integer($0) } ?? .null, "unlinked": .integer(unlinked),
                "head": head.map { .string($0) } ?? .null,
            ])
        }
    }

    private let connection: Connection
    private let workspace: WorkspaceID

    /// - Parameter connection: The owner's.
    package init(_ connection: Connection, in workspace: WorkspaceID) {
        self.connection = connection
        self.workspace = workspace
    }

    /// Makes the links that are due and computes every link anew from its events.
    package func check() throws -> Report {
        try connection.transaction { connection in
            _ = try connection.query(Tenancy.set(workspace))
            _ = try connection.query(Self.linking(workspace))
            let rows = try connection.query(
                """
                SELECT count(*), coalesce(sum(c.events), 0)::bigint, min(c.position) FILTER (WHERE NOT c.is_intact),
                    (
                        SELECT count(*) FROM audit_events AS e
                        WHERE e.workspace_id = \(workspace.uuid)::uuid AND e.id > coalesce((
                            SELECT l.through FROM audit_links AS l WHERE l.workspace_id = \(workspace.uuid)::uuid
                            ORDER BY l.position DESC LIMIT 1
                        ), '00000000-0000-0000-0000-000000000000')
                    ),
                    encode((array_agg(c.hash ORDER BY c.position DESC))[1], 'hex')
                FROM check_audit_links(\(workspace.uuid)::uuid) AS c
                """)
            return Report(
                links: rows.int64(0, 0) ?? 0, events: rows.int64(0, 1) ?? 0, firstBroken: rows.int64(0, 2),
                unlinked: rows.int64(0, 3) ?? 0, head: rows.string(0, 4))
        }
    }
}
