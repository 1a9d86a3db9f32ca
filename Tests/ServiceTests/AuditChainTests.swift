import Dispatch
import Identity
import JSON
import Postgres
import Synchronization
import Telemetry
import TestSupport
import Testing

@Suite("The chains of audit events")
struct AuditChainTests {
    private let bench: Bench
    private let workspace: TestWorkspace

    /// A workspace with events in some links of one lane, for its writes came one after the other.
    init() throws {
        bench = try Bench.shared.get()
        workspace = try bench.workspace("Maple")
        for city in ["Ely", "Rye", "Deal"] { try move(to: city) }
    }

    private func move(to city: String) throws {
        let reply = try bench.client(workspace, profile: .all)
            .call("update_contact", ["id": .string(workspace.contacts[0].id), "city": .string(city)])
        #expect(!reply.isError, "\(reply.answer.text)")
    }

    private func superuser() throws -> Connection { try bench.database.connect(as: .superuser) }

    private func check(since heads: [String] = []) throws -> AuditChain.Report { try check(workspace, since: heads) }

    private func check(_ workspace: TestWorkspace, since heads: [String] = []) throws -> AuditChain.Report {
        try AuditChain(bench.database.connect(as: .owner), in: workspace.id).check(since: heads)
    }

    /// The lane and link of the first event that tells of a change.
    private func firstWrite(_ connection: Connection) throws -> (id: String, lane: Int64, link: Int64) {
        let rows = try connection.query(
            """
            SELECT id::text, lane::bigint, link FROM audit_events
            WHERE workspace_id = \(workspace.id.uuid)::uuid AND tool = 'update_contact' ORDER BY id LIMIT 1
            """)
        return (
            try #require(rows.string(0, 0)), try #require(rows.int64(0, 1)), try #require(rows.int64(0, 2))
        )
    }

    @Test("are intact as they were made, hold a write as soon as it is answered, and go on")
    func intact() throws {
        let report = try check()
        #expect(report.firstBroken == nil && report.links >= 3 && report.events >= 3)
        #expect(report.heads.allSatisfy { $0.wholeMatch(of: /\d+:\d+:[0-9a-f]{64}/) != nil } && !report.heads.isEmpty)
        try move(to: "Hull")
        let later = try check(since: report.heads)
        #expect(later.firstBroken == nil && later.links > report.links && later.heads != report.heads)
    }

    @Test("hold a write's event if and only if the write is there")
    func transaction() throws {
        let before = try check()
        let reply = try bench.client(workspace, profile: .all)
            .call("update_contact", ["id": .string(workspace.contacts[0].id), "city": "Hull", "if_version": 99])
        #expect(reply.code == "version_conflict")
        let connection = try superuser()
        let events = try connection.query(
            """
            SELECT count(*) FROM audit_events AS e
            WHERE e.workspace_id = \(workspace.id.uuid)::uuid AND NOT EXISTS (
                SELECT FROM audit_links AS l
                WHERE l.workspace_id = e.workspace_id AND l.lane = e.lane AND l.link = e.link
            )
            """)
        #expect(events.int64(0, 0) == 0)
        #expect(try check(since: before.heads).firstBroken == nil)
    }

    @Test("are intact where workspaces share a transaction, and lose nothing to a workspace that is gone")
    func together() throws {
        let pool = WorkerPool(PoolConfiguration(url: bench.database.url(.application)))
        let metrics = Metrics()
        let trail = AuditTrail(pool: pool, metrics: metrics, log: .disabled)
        pool.start()
        defer { pool.drain(deadline: .seconds(60)) }
        let others = try ["Linden", "Rowan", "Willow"].map { try bench.workspace($0) }
        let gone = try #require(WorkspaceID("wsp_" + String(repeating: "0", count: 31) + "1"))
        let workspaces = [workspace.id, gone] + others.map(\.id)
        for (place, workspace) in (workspaces + workspaces).enumerated() {
            trail.record(Self.event(in: workspace, "shared\(place)"))
        }
        trail.flush()
        try until("all events are written or given up") { trail.isSettled }
        for (place, workspace) in workspaces.enumerated() where workspace != gone {
            let kept = try superuser().query(
                """
                SELECT string_agg(e.tool, ' ' ORDER BY e.tool) FROM audit_events AS e
                WHERE e.workspace_id = \(workspace.uuid)::uuid AND e.tool LIKE 'shared%'
                """)
            #expect(kept.string(0, 0) == "shared\(place) shared\(place + workspaces.count)")
            let report = try AuditChain(bench.database.connect(as: .owner), in: workspace).check(since: [])
            #expect(report.firstBroken == nil && report.events >= 2)
        }
        let lines = String(decoding: metrics.exposition(), as: UTF8.self).split(separator: "\n")
        #expect(lines.contains("audit_events_total 8") && lines.contains("audit_events_dropped_total 2"), "\(lines)")
    }

    @Test("are gone with their workspace, which whoever appends holds up until then")
    func deleted() throws {
        let database = bench.database
        let made = try database.connect(as: .owner).query(
            "INSERT INTO workspaces (slug, name) VALUES ('here-and-gone', 'Here and gone') RETURNING public_id('wsp', id)"
        )
        let workspace = try #require(made.string(0, 0).flatMap { WorkspaceID($0) })
        let id = workspace.uuid
        let holder = try bench.database.connect(as: .application)
        _ = try holder.query("BEGIN")
        _ = try holder.query(Tenancy.set(workspace))
        _ = try holder.query(AuditEvent.appending([Self.event(in: workspace, "held")], in: workspace))
        try delete(["DELETE FROM workspaces WHERE id = \(id)::uuid"], heldUpBy: holder)
        let left = try superuser().query(
            """
            SELECT (SELECT count(*) FROM audit_events WHERE workspace_id = \(id)::uuid)
                + (SELECT count(*) FROM audit_links WHERE workspace_id = \(id)::uuid)
            """)
        #expect(left.int64(0, 0) == 0)
    }

    /// Runs statements as the owner, sees that they wait for an open transaction, and lets that commit.
    private func delete(_ statements: [SQL], heldUpBy holder: Connection) throws {
        let database = bench.database
        let process = try #require(try holder.query("SELECT pg_backend_pid()::bigint").int64(0, 0))
        let isOver = Mutex(false)
        DispatchQueue.global().async {
            do {
                let owner = try database.connect(as: .owner)
                for statement in statements { _ = try owner.query(statement) }
            } catch { Issue.record(error) }
            isOver.withLock { $0 = true }
        }
        let server = try superuser()
        try until("the deletion waits") {
            try server.query(
                "SELECT count(*) FROM pg_stat_activity WHERE \(process)::int = ANY (pg_blocking_pids(pid))"
            ).int64(0, 0) == 1
        }
        _ = try holder.query("COMMIT")
        try until("the deletion is over") { isOver.withLock(\.self) }
    }

    @Test("go on from the link of a transaction whose lane was waited for")
    func waiting() throws {
        var configuration = PoolConfiguration(url: bench.database.url(.application))
        configuration.workers = 1
        let pool = WorkerPool(configuration)
        let metrics = Metrics()
        let trail = AuditTrail(pool: pool, metrics: metrics, log: .disabled)
        pool.start()
        defer { pool.drain(deadline: .seconds(60)) }
        let workspace = try bench.workspace("Rowan")
        let before = try check(workspace)
        // One transaction in each lane.
        let holders = try (0..<16).map { _ in try bench.database.connect(as: .application) }
        for (lane, holder) in holders.enumerated() {
            _ = try holder.query("BEGIN")
            _ = try holder.query(Tenancy.set(workspace.id))
            _ = try holder.query(AuditEvent.appending([Self.event(in: workspace.id, "held \(lane)")], in: workspace.id))
        }
        trail.record(Self.event(in: workspace.id, "waited"))
        trail.flush()
        let processes = try holders.map { try $0.query("SELECT pg_backend_pid()::bigint").int64(0, 0) ?? 0 }
        let server = try superuser()
        try until("the trail waits for a lane") {
            try server.query(
                "SELECT count(*) FROM pg_stat_activity WHERE pg_blocking_pids(pid) && \(processes)::bigint[]::int[]"
            ).int64(0, 0) == 1
        }
        for holder in holders { _ = try holder.query("COMMIT") }
        try until("the event is written") { trail.isSettled }
        let report = try check(workspace)
        #expect(report.firstBroken == nil && report.links == before.links + 17, "\(report)")
        #expect(report.heads.count == 16, "\(report)")
    }

    private static func event(in workspace: WorkspaceID, _ tool: String) -> AuditEvent {
        AuditEvent(
            workspace: workspace, credential: RowID(uuid: workspace.uuid)!, action: "tool.call", tool: tool,
            outcome: .ok, at: 1_700_000_000_000_000)
    }

    @Test("are intact whatever their events hold")
    func everything() throws {
        let pool = WorkerPool(PoolConfiguration(url: bench.database.url(.application)))
        let trail = AuditTrail(pool: pool, metrics: Metrics(), log: .disabled)
        pool.start()
        defer { pool.drain(deadline: .seconds(60)) }
        let before = try check()
        for number in 0..<150 as Range<Int64> {
            var event = Self.event(in: workspace.id, "whole")
            // Some microseconds apart over years, where a fraction of a second has no exact binary form.
            event.at += number * 1_234_567_890_123
            event.durationMicroseconds = number * number
            event.resultBytes = number
            if number % 2 == 0 {
                event.client = ("Grüße, \"client\" {\\}", "1.\(number)")
                event.entity = ("task", RowID(uuid: workspace.id.uuid)!)
                event.changes = #"{"b": 1.50, "a" : {"from": "ä", "to": null}, "b": 2}"#
            }
            if number % 3 == 0 {
                event.argumentsDigest = [UInt8](repeating: UInt8(number), count: 32)
                event.peer = "127.0.0.0"
                event.requestID = "-"
                event.errorCode = "not_found"
                event.outcome = .error
            }
            trail.record(event)
        }
        trail.flush()
        try until("all events are written") { trail.isSettled }
        let report = try check()
        #expect(report.firstBroken == nil && report.events == before.events + 150, "\(report)")
        let rows = try superuser().query(
            """
            SELECT count(*), count(client_name), count(args_digest), max(extract(epoch FROM at) * 1000000)::bigint, max(changes::text),
                count(*) FILTER (WHERE substr(id::text, 1, 8) < '018bcfe5' OR substr(id::text, 15, 1) <> '7')
            FROM audit_events WHERE workspace_id = \(workspace.id.uuid)::uuid AND tool = 'whole'
            """)
        #expect((0..<3).map { rows.int64(0, $0) } == [150, 75, 50])
        let last: Int64 = 1_700_000_000_000_000 + 149 * 1_234_567_890_123
        #expect(rows.int64(0, 3) == last)
        #expect(rows.string(0, 4) == #"{"a": {"to": null, "from": "ä"}, "b": 2}"#)
        #expect(rows.int64(0, 5) == 0)
    }

    @Test("are gone on from without a look at the links before the last")
    func long() throws {
        let workspace = try bench.workspace("Long").id
        let server = try superuser()
        _ = try server.query("DELETE FROM audit_links WHERE workspace_id = \(workspace.uuid)::uuid")
        _ = try server.query(
            """
            INSERT INTO audit_links SELECT \(workspace.uuid)::uuid, 1, n, 1, sha256('link') FROM generate_series(1, 3000) AS n
            UNION ALL
            SELECT md5(w::text)::uuid, 1, n, 1, sha256('link') FROM generate_series(1, 200) AS w, generate_series(1, 100) AS n
            """)
        // From then on the server knows of many workspaces, whose lanes have a hundred links each.
        _ = try server.query("ANALYZE audit_links")
        let connection = try bench.database.connect(as: .application)
        _ = try connection.query("BEGIN")
        _ = try connection.query(
            """
            SELECT write_audit_trail(
                ARRAY[\(workspace.uuid)::uuid], '{1}', ARRAY[gen_random_uuid()], '{1}', ARRAY[gen_random_uuid()], '{c}', '{1}', '{a}',
                '{t}', '{e}', ARRAY[gen_random_uuid()], '{NULL}', '{ok}', '{NULL}', '{NULL}', '{NULL}', '{NULL}', '{1}', '{1}',
                '{}', '{}', '{}', '{}', '{}', '{}'
            )
            """)
        let read = try connection.query(
            """
            SELECT (coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0))::bigint
            FROM pg_stat_xact_user_tables WHERE relname = 'audit_links'
            """)
        _ = try connection.query("COMMIT")
        let last = try server.query(
            "SELECT max(link)::bigint FROM audit_links WHERE workspace_id = \(workspace.uuid)::uuid")
        _ = try server.query("DELETE FROM audit_links WHERE lane = 1 AND hash = sha256('link')")
        #expect(last.int64(0, 0) == 3_001)
        #expect((read.int64(0, 0) ?? .max) < 20, "\(read.int64(0, 0) ?? -1)")
    }

    @Test("count calls of a credential until it is deleted, and its counts with it")
    func counts() throws {
        let database = bench.database
        let (server, id) = (try superuser(), workspace.id.uuid)
        let made = try server.query(
            """
            INSERT INTO credentials (workspace_id, name, prefix, secret_digest, preview)
            VALUES (\(id)::uuid, 'Counted', 'mcp_live_', sha256('counted'), 'mcp_live_…') RETURNING id::text
            """)
        let credential = try #require(made.string(0, 0))
        let holder = try database.connect(as: .application)
        _ = try holder.query("BEGIN")
        _ = try holder.query(
            """
            SELECT write_audit_trail(
                '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}',
                ARRAY[\(id)::uuid], ARRAY[\(credential)::uuid], '{3}', '{2}', '{1}', '{10}'
            )
            """)
        try delete(
            [
                "SELECT set_config('workport.workspace_id', \(id), false)",
                "DELETE FROM credentials WHERE id = \(credential)::uuid",
            ], heldUpBy: holder)
        let left = try server.query(
            """
            SELECT (SELECT count(*) FROM usage_counters WHERE credential_id = \(credential)::uuid)
                + (SELECT count(*) FROM credentials WHERE id = \(credential)::uuid)
            """)
        #expect(left.int64(0, 0) == 0)
    }

    @Test("do not hold up transactions that append at the same time")
    func lanes() throws {
        let event: SQL = "SELECT lane::bigint FROM begin_audit_link(\(workspace.id.uuid)::uuid)"
        let connections = try (0..<3).map { _ in try bench.database.connect(as: .application) }
        for connection in connections {
            _ = try connection.query("BEGIN")
            _ = try connection.query(Tenancy.set(workspace.id))
        }
        let lanes = try connections.map { try $0.query(event).int64(0, 0) }
        #expect(Set(lanes).count == 3, "\(lanes)")
        // The same transaction stays in its lane.
        #expect(try connections[1].query(event).int64(0, 0) == lanes[1])
        for connection in connections { _ = try connection.query("COMMIT") }
        // Lanes that are free are taken before another one is made.
        _ = try connections[0].query("BEGIN")
        _ = try connections[0].query(Tenancy.set(workspace.id))
        let again = try connections[0].query(event).int64(0, 0)
        #expect(again != nil && lanes.contains(again))
        _ = try connections[0].query("COMMIT")
    }

    @Test(
        "show that an event was changed, removed or slipped in, and where",
        arguments: [
            "UPDATE audit_events SET outcome = 'denied' WHERE workspace_id = $ AND id = #",
            "UPDATE audit_events SET changes = jsonb_set(changes, '{city,to}', '\"Bath\"') WHERE workspace_id = $ AND id = #",
            "UPDATE audit_events SET at = at + interval '1 second' WHERE workspace_id = $ AND id = #",
            "DELETE FROM audit_events WHERE workspace_id = $ AND id = #",
            """
            INSERT INTO audit_events (workspace_id, id, actor_kind, action, outcome, lane, link)
            SELECT $, overlay(#::text PLACING 'ffff' FROM 20 FOR 4)::uuid, 'system', 'forged', 'ok', e.lane, e.link
            FROM audit_events AS e WHERE e.workspace_id = $ AND e.id = #
            """,
            """
            DELETE FROM audit_links AS l USING audit_events AS e
            WHERE e.workspace_id = $ AND e.id = # AND l.workspace_id = $ AND l.lane = e.lane AND l.link = e.link
            """,
        ])
    func broken(statement: String) throws {
        let connection = try superuser()
        let target = try firstWrite(connection)
        try connection.execute(
            script: statement.replacing("$", with: "'\(workspace.id.uuid)'")
                .replacing("#", with: "'\(target.id)'::uuid"))
        let report = try check()
        #expect(report.firstBroken?.lane == target.lane && report.firstBroken?.link == target.link, "\(report)")
    }

    @Test("show an event that stands in none of them")
    func stray() throws {
        let connection = try superuser()
        _ = try connection.query(
            """
            INSERT INTO audit_events (workspace_id, actor_kind, action, outcome)
            VALUES (\(workspace.id.uuid)::uuid, 'system', 'forged', 'ok')
            """)
        #expect(try check().firstBroken?.lane == 0)
    }

    @Test("show by heads that were kept that the newest links were cut off with their events")
    func cut() throws {
        let heads = try check().heads
        let connection = try superuser()
        for table: SQL in ["audit_events", "audit_links"] {
            _ = try connection.query(
                """
                DELETE FROM \(table) AS d USING (
                    SELECT lane, max(link) AS link FROM audit_links WHERE workspace_id = \(workspace.id.uuid)::uuid
                        AND lane = \(try firstWrite(connection).lane)::int
                    GROUP BY lane
                ) AS l WHERE d.workspace_id = \(workspace.id.uuid)::uuid AND d.lane = l.lane AND d.link = l.link
                """)
        }
        #expect(try check().firstBroken == nil)
        #expect(try check(since: heads).firstBroken != nil)
    }

    @Test("cannot be changed by the service's own role")
    func role() throws {
        let application = try bench.database.connect(as: .application)
        for statement: SQL in [
            "UPDATE audit_links SET events = 1", "DELETE FROM audit_links", "UPDATE audit_events SET outcome = 'ok'",
            "DELETE FROM audit_events",
        ] {
            #expect(throws: PostgresError.self) {
                try application.transaction { connection in
                    _ = try connection.query(Tenancy.set(workspace.id))
                    _ = try connection.query(statement)
                }
            }
        }
    }
}
