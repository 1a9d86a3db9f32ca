/// How a connection behaves, whatever the database's own defaults are.
package struct ConnectionOptions: Sendable {
    /// How long opening may take.
    package var connectTimeout: Duration = .seconds(5)
    /// When the server gives a statement up; nil leaves that to the server's configuration.
    package var statementTimeout: Duration?
    /// When the server ends a connection whose transaction lies idle; nil leaves that to the server's configuration.
    package var idleInTransactionTimeout: Duration?
    /// Where unqualified names are looked up; empty leaves that to the database.
    package var searchPath: [String] = ["public"]

    /// The defaults: five seconds to open, no timeouts, schema `public`.
    package init() {}

    /// What the server is told at the start of the session, in the form of its command line.
    var sessionSettings: String {
        // What a statement sees is what was committed before it, unless a transaction says otherwise.
        var settings = ["TimeZone=UTC", "default_transaction_isolation=read\\ committed"]
        if let statementTimeout { settings.append("statement_timeout=\(statementTimeout.milliseconds)") }
        if let idleInTransactionTimeout {
            settings.append("idle_in_transaction_session_timeout=\(idleInTransactionTimeout.milliseconds)")
        }
        if !searchPath.isEmpty { settings.append("search_path=\(searchPath.joined(separator: ","))") }
        return settings.map { "-c \($0)" }.joined(separator: " ")
    }
}

extension Duration {
    /// Whole milliseconds, rounded up, so that nothing wakes before its time.
    /// Whole nanoseconds.
    var nanoseconds: Int64 { components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000 }

    var milliseconds: Int64 {
        let parts = components
        return parts.seconds * 1000 + (parts.attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
    }
}
