import HTTP
import Identity
package import Postgres
package import Telemetry

/// Tells log and metrics of answers: one line and one count a request. No argument, name, number or token is in it.
package struct Journal: Sendable {
    let log: Log
    let metrics: Metrics
    private let tally: RefusalTally
    private let limited: RefusalTally

    package init(log: Log, metrics: Metrics) {
        self.log = log
        self.metrics = metrics
        tally = Self.tally("busy", log)
        limited = Self.tally(AuditEvent.Outcome.rateLimited.rawValue, log)
    }

    private static func tally(_ outcome: String, _ log: Log) -> RefusalTally {
        RefusalTally { workspace, count in
            log.info(
                "Calls turned away",
                [
                    .workspace: .string(workspace?.text ?? MetricLabel.other), .outcome: .string(outcome),
                    .count: .integer(count),
                ]
            )
        }
    }

    /// A call was refused because too many of its workspace, or of all, wait: counted now, told in a sum a second later.
    func turnedAway(from workspace: WorkspaceID) {
        metrics.increment(.httpRequests, [.status: MetricLabel.statusClass(of: 503)])
        tally.add(workspace)
    }

    func record(
        _ response: HTTPResponse,
        to request: HTTPRequest,
        _ id: RequestID,
        _ record: CallRecord,
        of credential: PresentedCredential?
    ) {
        let elapsed = ContinuousClock.now - request.arrival
        metrics.increment(.httpRequests, [.status: MetricLabel.statusClass(of: response.status.rawValue)])
        if let tool = record.tool {
            let era = record.era ?? "none"
            metrics.increment(.toolCalls, [.tool: tool, .outcome: record.outcome, .era: era])
            if !record.waitedForPerson {
                metrics.observe(.toolDuration, elapsed, [.tool: tool, .outcome: record.outcome, .era: era])
            }
        }
        if record.fetched != nil, let method = record.method {
            let era = record.era ?? "none"
            metrics.increment(.fetches, [.method: method, .outcome: record.outcome, .era: era])
            metrics.observe(.fetchDuration, elapsed, [.method: method, .outcome: record.outcome, .era: era])
        }
        if record.isTallied, let credential { return limited.add(credential.workspace) }
        log.info("Request answered", fields(response, request, id, record, credential, elapsed))
    }

    /// The database failed a call; the caller was told less.
    func failed(_ error: PostgresError, _ id: RequestID) {
        log.warning(
            "Database failed a call",
            [
                .requestID: .string(id.description), .error: .string(error.message),
                .sqlState: .string(error.sqlState?.rawValue ?? "none"),
            ]
        )
    }

    private func fields(
        _ response: HTTPResponse,
        _ request: HTTPRequest,
        _ id: RequestID,
        _ record: CallRecord,
        _ credential: PresentedCredential?,
        _ elapsed: Duration
    ) -> LogFields {
        var fields: LogFields = [
            .requestID: .string(id.description), .peer: .string(request.peer),
            .status: .integer(response.status.rawValue), .bytes: .integer(response.body.count),
            .durationMS: .milliseconds(elapsed), .outcome: .string(record.outcome),
        ]
        func add(_ key: LogKey, _ text: String?) {
            if let text { fields = fields.merging([key: .string(text)]) }
        }
        add(.method, record.method ?? request.method.rawValue)
        add(.tool, record.tool)
        add(.fetched, record.fetched)
        add(.era, record.era)
        add(.protocolVersion, record.revision)
        add(.client, record.client)
        add(.reason, record.reason)
        add(.errorCode, record.errorCode)
        add(.workspace, credential?.workspace.text)
        add(.credentialDigestPrefix, credential?.digest.logged)
        if let waited = record.waited { fields = fields.merging([.waitMS: .milliseconds(waited)]) }
        return fields
    }
}

extension Journal: PoolObserver {
    package func waited(_ duration: Duration) { metrics.observe(.workerWait, duration) }
    package func flushed(batch: Int) { metrics.observe(.workerBatchSize, Double(batch)) }
    package func inUse(_ workers: Int) { metrics.set(.workersBusy, Double(workers)) }
    package func backlog(_ calls: Int) { metrics.set(.backlogJobs, Double(calls)) }
    package func refused(_ reason: Refusal) { metrics.increment(.backlogRefusals, [.reason: reason.rawValue]) }
    package func backlogFull() { metrics.increment(.backlogRefusals, [.reason: "full"]) }

    package func connected() {
        metrics.add(.databaseConnections, 1)
        log.debug("Database connected")
    }

    package func connectionLost(_ error: PostgresError?) {
        metrics.add(.databaseConnections, -1)
        metrics.increment(.databaseConnectionLosses)
        log.warning("Database connection lost", [.error: .string(error?.message ?? "closed")])
    }

    package func connectionFailed(_ error: PostgresError) {
        log.warning("Database cannot be reached", [.error: .string(error.message)])
    }
}
