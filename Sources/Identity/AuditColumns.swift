import Postgres

/// Audit events as the arrays that a statement takes them in: one array for each column, in which each event has one element.
struct AuditColumns {
    /// The names of the columns in ``arrays``, as a statement may call them.
    static let names: SQL = """
        at, actor, client_name, client_version, action, tool, entity, entity_id, changes, outcome, code, digest, peer, request,
            duration, size
        """

    /// The arrays, one after the other.
    let arrays: SQL

    init(_ events: [AuditEvent]) {
        let events = events.lazy
        func texts(_ text: @escaping (AuditEvent) -> String?) -> SQL {
            "\(BinaryArray(texts: events.map { text($0).flatMap { $0.isEmpty ? nil : $0 } }))::text[]"
        }
        func numbers(_ number: @escaping (AuditEvent) -> Int64) -> SQL {
            "\(BinaryArray(integers: events.map(number)))::bigint[]"
        }
        func keys(_ key: @escaping (AuditEvent) -> RowID?) -> SQL {
            "\(BinaryArray(uuids: events.map { key($0)?.key }))::uuid[]"
        }
        arrays = """
            \(numbers(\.at)), \(keys(\.credential)),
                \(texts(\.client.name)), \(texts(\.client.version)), \(texts(\.action)), \(texts(\.tool)),
                \(texts(\.entity?.kind)), \(keys(\.entity?.row)), \(texts(\.changes)),
                \(texts(\.outcome.rawValue)), \(texts(\.errorCode)),
                \(BinaryArray(bytes: events.map(\.argumentsDigest)))::bytea[], \(texts(\.peer)), \(texts(\.requestID)),
                \(numbers(\.durationMicroseconds)), \(numbers(\.resultBytes))
            """
    }
}
