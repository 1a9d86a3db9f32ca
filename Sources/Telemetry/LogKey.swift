/// Every name that metadata in the log may have.
///
/// The list is closed so that a reader of it sees all that can leave through the log. There is no key for argument
/// values, names of people, phone numbers or tokens, and none is to be added.
package enum LogKey: String, Sendable, CaseIterable {
    // The request.
    case requestID = "request_id"
    case rpcID = "rpc_id"
    case peer
    case method
    case path
    case status
    case bytes
    case era
    case protocolVersion = "protocol_version"
    case client
    case tool
    /// The name of a resource or prompt.
    case fetched
    case outcome
    case reason
    case batch

    // Who, without saying who.
    case workspace
    case member
    /// The first hex digits of the credential's digest.
    case credentialDigestPrefix = "credential_digest_prefix"

    // How long.
    case durationMS = "duration_ms"
    case waitMS = "wait_ms"
    case databaseMS = "database_ms"
    case deadlineMS = "deadline_ms"

    // What went wrong.
    case errorCode = "error_code"
    /// A sentence about the cause, without anything that a client sent.
    case error
    case sqlState = "sql_state"
    case constraint
    case attempt
    case dropped

    // The process.
    case version
    case build
    case address
    case port
    case signal
    case setting
    case directory
    case migration
    case database
    case role
    case serverVersion = "server_version"
    case processID = "process_id"
    case worker
    /// Which of the replicas, from 1.
    case replica
    case count
    case limit
    case seconds
    case jobs
    case connections
    case event
}
