package import Postgres

extension AuditEvent {
    /// The statement that appends events of one workspace, in one row each, and a link over them to one of the
    /// workspace's chains; see ``AuditChain``.
    ///
    /// It runs in a transaction that is set to that workspace: the writer's own, or the trail's. Its rows are the public
    /// identifiers of the events, in their order.
    package static func appending(_ events: [AuditEvent], in workspace: WorkspaceID) -> SQL {
        let source: SQL = """
            to_timestamp(e.at / 1000000::double precision), 'credential', e.actor, e.client_name, e.client_version, e.action,
                e.tool, e.entity, e.entity_id, e.changes::jsonb, e.outcome, e.code, e.digest, e.peer, e.request, e.duration, e.size
            FROM unnest(\(AuditColumns(events).arrays)) AS e(\(AuditColumns.names))
            """
        return AuditChain.appending(
            """
            at, actor_kind, actor_id, client_name, client_version, action, tool, entity, entity_id, changes, outcome,
                error_code, args_digest, peer, request_id, duration_us, result_bytes
            """, source, in: workspace)
    }
}
