import Postgres

/// What tells servers apart, to see whether one is the standby of another.
struct ReplicationIdentity: Sendable, Equatable {
    let cluster: String
    let database: String
    let isStandby: Bool
    let timeline: String

    /// Asks a server who it is.
    ///
    /// - Throws: `PostgresError`
    init(of connection: Connection) throws(PostgresError) {
        let rows = try connection.query(
            "SELECT i.cluster, i.database, i.is_standby, i.timeline FROM replication_identity() AS i"
        )
        guard rows.rowCount == 1, let cluster = rows.string(0, 0), let database = rows.string(0, 1) else {
            throw PostgresError(.unexpectedResult, "The server does not say which cluster it belongs to.")
        }
        self.cluster = cluster
        self.database = database
        isStandby = rows.bool(0, 2) ?? false
        timeline = rows.string(0, 3) ?? ""
    }
}

extension StartCheck {
    /// A server that reads go to is a standby of the primary, and the role is as weak there.
    ///
    /// - Parameter number: Which of the URLs it is, from 1.
    static func replica(
        _ connection: Connection,
        number: Int,
        of primary: ReplicationIdentity
    ) throws {
        let hint = "Set WORKPORT_REPLICA_URLS to streaming standbys of the database in WORKPORT_DATABASE_URL."
        try role(connection, of: "WORKPORT_REPLICA_URLS")
        let name = "URL \(number) of WORKPORT_REPLICA_URLS"
        let answer = Result { () throws(PostgresError) in try ReplicationIdentity(of: connection) }
        if case .failure(let error) = answer, error.kind == .server {
            throw StartRefusal("\(name) is no standby of the database: it lacks what the primary has. \(hint)")
        }
        let identity = try answer.get()
        guard identity.isStandby else {
            throw StartRefusal("\(name) is no standby: the server there takes writes of its own. \(hint)")
        }
        guard identity.cluster == primary.cluster else {
            throw StartRefusal("\(name) is a standby of another server. \(hint)")
        }
        guard identity.database == primary.database else {
            throw StartRefusal("\(name) is another database of the server. \(hint)")
        }
    }
}
