package import JSON
package import Postgres

/// The chains of hashes over a workspace's audit events.
///
/// Each statement that appends events adds a link: a hash over their contents and over the link before. Transactions that
/// append at the same time take different chains, the workspace's lanes, so none waits for another.
package struct AuditChain {
    /// The statement that appends events and the link over them.
    ///
    /// Its rows are the public identifiers of the events.
    ///
    /// - Parameters:
    ///   - columns: The columns that are given, without the workspace.
    ///   - source: What follows `SELECT` to give them.
    ///   - workspace: The transaction has to be set to it.
    package static func appending(_ columns: SQL, _ source: SQL, in workspace: WorkspaceID) -> SQL {
        """
        WITH link AS MATERIALIZED (SELECT lane, link, previous FROM begin_audit_link(\(workspace)::uuid)),
        event AS (
            INSERT INTO audit_events (workspace_id, lane, link, \(columns))
            SELECT \(workspace)::uuid, (SELECT lane FROM link), (SELECT link FROM link), \(source)
            RETURNING audit_events AS content, id
        ),
        chained AS (
            INSERT INTO audit_links (workspace_id, lane, link, events, hash)
            SELECT \(workspace)::uuid, l.lane, l.link, e.count, audit_hash(l.previous, l.lane, l.link, e.contents)
            FROM link AS l, (
                SELECT count(*), string_agg(audit_content(content), E'\\n' ORDER BY id) AS contents FROM event
            ) AS e
        )
        SELECT public_id('aud', id) FROM event
        """
    }

    /// A link that is not what its events and the link before it make.
    package struct Place: Sendable, CustomStringConvertible {
        package let lane: Int64
        package let link: Int64

        package var description: String { "\(lane):\(link)" }
    }

    /// What a check found.
    package struct Report: Sendable {
        package let links: Int64
        package let events: Int64
        /// The first link of those that are broken, and how many there are.
        package let firstBroken: Place?
        package let broken: Int64
        /// The last link of each lane as `LANE:LINK:HASH`: kept elsewhere, they show later that nothing was cut off.
        package let heads: [String]

        /// The report as an object.
        package var json: RawJSON {
            RawJSON([
                "intact": .bool(firstBroken == nil), "links": .integer(links), "events": .integer(events),
                "first_broken": firstBroken.map { .string($0.description) } ?? .null, "broken": .integer(broken),
                "heads": .array(heads.map(JSONValue.string)),
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

    /// Computes every link anew from its events.
    ///
    /// - Parameter heads: The heads of an earlier report; a link of these that is another one now, or gone, is broken.
    package func check(since heads: [String] = []) throws -> Report {
        try connection.transaction { connection in
            _ = try connection.query(Tenancy.set(workspace))
            let rows = try connection.query(
                """
                WITH found AS MATERIALIZED (
                    SELECT lane, link, events, is_intact, hash FROM check_audit_links(\(workspace)::uuid)
                ),
                expected AS (
                    SELECT split_part(h, ':', 1)::integer AS lane, split_part(h, ':', 2)::bigint AS link,
                        decode(split_part(h, ':', 3), 'hex') AS hash
                    FROM unnest(\(heads)::text[]) AS h
                ),
                broken AS (
                    SELECT lane, link FROM found WHERE NOT is_intact
                    UNION
                    SELECT e.lane, e.link FROM expected AS e
                    WHERE NOT EXISTS (
                        SELECT FROM found AS f WHERE f.lane = e.lane AND f.link = e.link AND f.hash = e.hash
                    )
                )
                SELECT (SELECT count(*) FROM found WHERE hash IS NOT NULL),
                    (SELECT coalesce(sum(events), 0)::bigint FROM found),
                    (SELECT count(*) FROM broken), b.lane, b.link
                FROM (SELECT) AS one LEFT JOIN (SELECT lane, link FROM broken ORDER BY link, lane LIMIT 1) AS b ON true
                """)
            let ends = try connection.query(
                """
                SELECT DISTINCT ON (lane) concat_ws(':', lane, link, encode(hash, 'hex')) FROM audit_links
                WHERE workspace_id = \(workspace)::uuid ORDER BY lane, link DESC
                """)
            var firstBroken: Place?
            if let lane = rows.int64(0, 3), let link = rows.int64(0, 4) { firstBroken = Place(lane: lane, link: link) }
            return Report(
                links: rows.int64(0, 0) ?? 0, events: rows.int64(0, 1) ?? 0, firstBroken: firstBroken,
                broken: rows.int64(0, 2) ?? 0, heads: (0..<ends.rowCount).compactMap { ends.string($0, 0) })
        }
    }
}
