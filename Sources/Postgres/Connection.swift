import CPostgres

/// A connection of its own, for work at the command line: every method waits for the server.
///
/// It is confined to one thread at a time; only ``canceller`` may be used from others.
package final class Connection {
    /// The oldest server that this program can use.
    package static let oldestServer = 140_000

    /// Nil once closed.
    private(set) var handle: OpaquePointer?

    /// Opens a connection.
    ///
    /// - Parameters:
    ///   - url: A connection string of libpq, as URL or as keywords.
    ///   - applicationName: What the server shows in its list of sessions.
    ///   - options: Timeouts and the search path.
    /// - Throws: ``PostgresError`` of kind `connectionFailed` or `unsupportedServer`.
    package init(
        url: String,
        applicationName: String,
        options: ConnectionOptions = ConnectionOptions()
    ) throws(PostgresError) {
        let handle = try Self.open(url: url, applicationName: applicationName, options: options)
        PQsetNoticeReceiver(handle, { _, _ in }, nil)
        let version = Int(PQserverVersion(handle))
        guard version >= Self.oldestServer else {
            PQfinish(handle)
            throw PostgresError(
                .unsupportedServer,
                "The server is PostgreSQL \(version / 10_000); version \(Self.oldestServer / 10_000) or later is needed."
            )
        }
        self.handle = handle
    }

    deinit { close() }

    /// The server's version as a number, such as 150020.
    package var serverVersion: Int { Int(PQserverVersion(handle)) }

    /// The server's process for this connection.
    package var backendPID: Int { Int(PQbackendPID(handle)) }

    /// Whether the connection is open as far as is known without asking the server.
    package var isOpen: Bool { handle != nil && PQstatus(handle) == CONNECTION_OK }

    /// What stops a statement of this connection from another thread.
    package var canceller: Canceller? { handle.flatMap(Canceller.init(of:)) }

    /// Stops what the server does for this connection.
    package func cancel() { canceller?.cancel() }

    /// Ends the connection; what was open is rolled back by the server.
    package func close() {
        if let handle { PQfinish(handle) }
        handle = nil
    }

    /// Runs one statement and returns its rows.
    package func query(_ statement: SQL) throws(PostgresError) -> QueryResult {
        let parameters = try Parameters(statement.binds)
        let handle = try open()
        let answer = parameters.withPointers { count, values, lengths, formats in
            PQexecParams(handle, statement.text, count, nil, values, lengths, formats, statement.hasBinaryRows ? 1 : 0)
        }
        return try check(answer)
    }

    /// Runs any number of statements separated by semicolons, as one implicit transaction unless they say otherwise.
    package func execute(script: String) throws(PostgresError) {
        guard !script.utf8.contains(0) else { throw PostgresError(.invalidValue, "script with a zero byte") }
        _ = try check(PQexec(open(), script), allowsEmpty: true)
    }

    func open() throws(PostgresError) -> OpaquePointer {
        guard let handle else { throw PostgresError(.connectionLost, "The connection is closed.") }
        return handle
    }

    /// The result, or the error that it stands for.
    func check(_ answer: OpaquePointer?, allowsEmpty: Bool = false) throws(PostgresError) -> QueryResult {
        guard let answer else { throw PostgresError(.connectionLost, lastMessage) }
        let result = QueryResult(adopting: answer)
        if allowsEmpty, result.status == PGRES_EMPTY_QUERY { return result }
        if let error = result.error { throw error }
        return result
    }

    /// What libpq says about its last problem.
    var lastMessage: String {
        handle.map { String(cString: PQerrorMessage($0)).trimmed } ?? "The connection is closed."
    }
}
