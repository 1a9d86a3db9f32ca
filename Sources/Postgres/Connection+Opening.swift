import CPostgres

extension Connection {
    /// Opens within the time that `options` gives, whatever the network does.
    static func open(
        url: String,
        applicationName: String,
        options: ConnectionOptions
    ) throws(PostgresError) -> OpaquePointer {
        // Later keywords win over those in the URL.
        let settings = [
            ("dbname", url),
            ("application_name", applicationName),
            ("client_encoding", "UTF8"),
            ("options", options.sessionSettings),
            ("keepalives", "1"),
            ("keepalives_idle", "30"),
            ("keepalives_interval", "10"),
            ("keepalives_count", "3"),
        ]
        let handle = withTerminated(settings.map(\.0)) { keywords in
            withTerminated(settings.map(\.1)) { values in PQconnectStartParams(keywords, values, 1) }
        }
        guard let handle else { throw PostgresError(.connectionFailed, "out of memory") }
        do throws(PostgresError) {
            try finishOpening(handle, until: .now + options.connectTimeout)
            return handle
        } catch {
            PQfinish(handle)
            throw error
        }
    }

    private static func finishOpening(
        _ handle: OpaquePointer,
        until deadline: ContinuousClock.Instant
    ) throws(PostgresError) {
        guard PQstatus(handle) != CONNECTION_BAD else { throw failure(handle) }
        var next = PGRES_POLLING_WRITING
        while true {
            switch next {
            case PGRES_POLLING_OK: return
            case PGRES_POLLING_FAILED: throw failure(handle)
            default:
                let isWriting = next == PGRES_POLLING_WRITING
                let ready = SocketWait.wait(PQsocket(handle), toRead: !isWriting, toWrite: isWriting, until: deadline)
                guard ready.canRead || ready.canWrite else {
                    throw PostgresError(.connectionFailed, "The server did not answer in time.")
                }
            }
            next = PQconnectPoll(handle)
        }
    }

    private static func failure(_ handle: OpaquePointer) -> PostgresError {
        PostgresError(.connectionFailed, String(cString: PQerrorMessage(handle)).trimmed)
    }
}

/// Calls `body` with C strings and the null pointer that ends the list.
private func withTerminated<Value>(
    _ texts: [String],
    _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> Value
) -> Value {
    var bytes: [CChar] = []
    var starts: [Int] = []
    for text in texts {
        starts.append(bytes.count)
        bytes.append(contentsOf: text.utf8CString)
    }
    return bytes.withUnsafeBufferPointer { buffer in
        var pointers = starts.map { buffer.baseAddress?.advanced(by: $0) }
        pointers.append(nil)
        return body(pointers)
    }
}
