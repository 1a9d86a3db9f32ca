import Crypto
package import Postgres

extension AuditEvent {
    /// The statement that appends events of one workspace, in one row each, and a link over them to one of the
    /// workspace's chains; see ``AuditChain``.
    ///
    /// It runs in a transaction that is set to that workspace: the writer's own, or the trail's. Its rows are the public
    /// identifiers of the events, in their order.
    package static func appending(_ events: [AuditEvent], in workspace: WorkspaceID) -> SQL {
        let at = events.map(\.at)
        let credentials = events.map(\.credential.digits)
        let clientNames = events.map { $0.client.name ?? "" }
        let clientVersions = events.map { $0.client.version ?? "" }
        let actions = events.map(\.action)
        let tools = events.map { $0.tool ?? "" }
        let entities = events.map { $0.entity?.kind ?? "" }
        let rows = events.map { $0.entity?.row.digits ?? "" }
        let changes = events.map { $0.changes ?? "" }
        let outcomes = events.map(\.outcome.rawValue)
        let codes = events.map { $0.errorCode ?? "" }
        let digests = events.map { $0.argumentsDigest.map { Hex.encode($0) } ?? "" }
        let peers = events.map { $0.peer ?? "" }
        let requests = events.map { $0.requestID ?? "" }
        let durations = events.map(\.durationMicroseconds)
        let sizes = events.map(\.resultBytes)
        let source: SQL = """
            to_timestamp(e.at / 1e6), 'credential', e.actor::uuid,
                nullif(e.client_name, ''), nullif(e.client_version, ''), e.action, nullif(e.tool, ''),
                nullif(e.entity, ''), nullif(e.entity_id, '')::uuid, nullif(e.changes, '')::jsonb, e.outcome,
                nullif(e.code, ''), decode(nullif(e.digest, ''), 'hex'), nullif(e.peer, ''), nullif(e.request, ''), e.duration, e.size
            FROM unnest(\(at)::bigint[], \(credentials)::text[], \(clientNames)::text[], \(clientVersions)::text[],
                \(actions)::text[], \(tools)::text[], \(entities)::text[], \(rows)::text[], \(changes)::text[],
                \(outcomes)::text[], \(codes)::text[], \(digests)::text[], \(peers)::text[], \(requests)::text[], \(durations)::bigint[],
                \(sizes)::bigint[])
                AS e(at, actor, client_name, client_version, action, tool, entity, entity_id, changes, outcome, code,
                    digest, peer, request, duration, size)
            """
        return AuditChain.appending(
            """
            at, actor_kind, actor_id, client_name, client_version, action, tool, entity, entity_id, changes, outcome,
                error_code, args_digest, peer, request_id, duration_us, result_bytes
            """, source, in: workspace)
    }
}
