/// One line of a workspace's history: who did what, and how it went. Argument values are not in it.
package struct AuditEvent: Sendable {
    /// How a call ended.
    package enum Outcome: String, Sendable {
        case ok, error, denied
        /// Over a limit.
        case rateLimited = "rate_limited"
        /// Shown, and waiting for a confirmation.
        case pending
        /// Done after a confirmation.
        case confirmed
        /// Taken back.
        case undone
    }

    package var workspace: WorkspaceID
    package var credential: RowID
    package var client: (name: String?, version: String?)
    package var action: String
    package var tool: String?
    package var entity: (kind: String, row: RowID)?
    /// What became of each field, as JSON: `{"field": {"from", "to"}}`.
    package var changes: String?
    package var outcome: Outcome
    package var errorCode: String?
    /// SHA-256 of the canonical arguments.
    package var argumentsDigest: [UInt8]?
    /// The peer's address, its last part masked.
    package var peer: String?
    package var requestID: String?
    package var durationMicroseconds: Int64
    package var resultBytes: Int64
    /// Microseconds since 1970.
    package var at: Int64

    package init(
        workspace: WorkspaceID,
        credential: RowID,
        client: (name: String?, version: String?) = (nil, nil),
        action: String,
        tool: String? = nil,
        entity: (kind: String, row: RowID)? = nil,
        outcome: Outcome,
        errorCode: String? = nil,
        argumentsDigest: [UInt8]? = nil,
        peer: String? = nil,
        requestID: String? = nil,
        durationMicroseconds: Int64 = 0,
        resultBytes: Int64 = 0,
        at: Int64
    ) {
        self.workspace = workspace
        self.credential = credential
        self.client = client
        self.action = action
        self.tool = tool
        self.entity = entity
        self.outcome = outcome
        self.errorCode = errorCode
        self.argumentsDigest = argumentsDigest
        self.peer = peer
        self.requestID = requestID
        self.durationMicroseconds = durationMicroseconds
        self.resultBytes = resultBytes
        self.at = at
    }
}
