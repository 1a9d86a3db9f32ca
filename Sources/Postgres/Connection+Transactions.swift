import CPostgres

extension Connection {
    /// Runs `body` in a transaction: committed when it returns, rolled back when it throws.
    ///
    /// - Throws: What `body` throws, or ``PostgresError`` if the server refuses the commit; nothing was written then,
    ///   unless ``PostgresError/outcomeIsUnknown``.
    package func transaction<Value>(
        readOnly: Bool = false,
        _ body: (Connection) throws -> Value
    ) throws -> Value {
        try execute(script: readOnly ? "BEGIN READ ONLY" : "BEGIN")
        let value: Value
        do {
            value = try body(self)
        } catch {
            if isOpen { try? execute(script: "ROLLBACK") }
            throw error
        }
        try commit()
        return value
    }

    private func commit() throws(PostgresError) {
        let answer: QueryResult
        do throws(PostgresError) {
            answer = try check(PQexec(open(), "COMMIT"))
        } catch  where error.kind == .connectionLost {
            throw error.whileCommitting()
        }
        // After an error that the body kept to itself, the server answers COMMIT with ROLLBACK.
        guard answer.tag == "COMMIT" else {
            throw PostgresError(.unexpectedResult, "The transaction had failed and was rolled back.")
        }
    }

    /// Whether a transaction is open, failed or not.
    package var isInTransaction: Bool { PQtransactionStatus(handle) != PQTRANS_IDLE }

    /// Runs a `COPY … FROM STDIN` and sends it what `next` returns until that is nil.
    ///
    /// - Returns: How many rows the server took.
    package func copyIn(_ statement: String, next: () throws -> [UInt8]?) throws -> Int {
        let handle = try open()
        let start = try check(PQexec(handle, statement))
        guard start.status == PGRES_COPY_IN else {
            throw PostgresError(.unexpectedResult, "The statement does not copy from this program.")
        }
        do {
            while let block = try next() { try send(block, on: handle) }
        } catch {
            _ = PQputCopyEnd(handle, "given up by the program")
            while let rest = PQgetResult(handle) { PQclear(rest) }
            throw error
        }
        guard PQputCopyEnd(handle, nil) == 1 else { throw PostgresError(.connectionLost, lastMessage) }
        var last: Result<QueryResult, PostgresError>?
        while let answer = PQgetResult(handle) {
            do throws(PostgresError) {
                let result = try check(answer)
                if last == nil { last = .success(result) }
            } catch {
                last = .failure(error)
            }
        }
        guard let last else { throw PostgresError(.connectionLost, lastMessage) }
        return try last.get().affectedRows
    }

    private func send(_ block: [UInt8], on handle: OpaquePointer) throws(PostgresError) {
        let sent = block.withUnsafeBytes { bytes in
            PQputCopyData(handle, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), CInt(bytes.count))
        }
        guard block.isEmpty || sent == 1 else { throw PostgresError(.connectionLost, lastMessage) }
    }
}
