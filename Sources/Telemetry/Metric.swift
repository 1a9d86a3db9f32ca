/// Every metric of the program. This is the one list of them; names are `<stage>_<what>_<unit>`.
package enum Metric: Int, Sendable, CaseIterable {
    case httpRequests
    case httpConnections
    case openStreams
    case httpRefusals
    case httpRefusalsHeld
    case toolCalls
    case toolDuration
    case fetches
    case fetchDuration
    case workerWait
    case workerBatchSize
    case workersBusy
    case databaseDuration
    case databaseConnections
    case databaseConnectionLosses
    case replicaReads
    case replicasUsed
    case replicaLag
    case backlogJobs
    case backlogRefusals
    case authenticationRefusals
    case policyRefusals
    case policyShares
    case verificationRefusals
    case embeddingRequests
    case embeddingCharacters
    case auditEvents
    case auditEventsDropped
    case logLinesDropped
    case processResidentBytes
    case processStartTime
    case buildInfo

    /// What a scraper is told about the metric.
    package var definition: MetricDefinition {
        switch self {
        case .httpRequests: .counter("http_requests_total", "Requests answered, by class of status.", .status)
        case .httpConnections: .gauge("http_connections", "Connections open.")
        case .openStreams: .gauge("mcp_open_streams", "Streams of changes open.")
        case .httpRefusals: .counter("http_refusals_total", "Requests and connections refused.", .reason)
        case .httpRefusalsHeld: .gauge("http_refusals_held", "Refusals for want of room that wait for their turn.")
        case .toolCalls: .counter("tool_calls_total", "Tool calls answered.", .tool, .outcome, .era)
        case .toolDuration:
            .histogram(
                "tool_duration_seconds", "From arrival to answer of a tool call.", Self.seconds, .tool, .outcome, .era
            )
        case .fetches:
            .counter("fetches_total", "Resources, prompts and suggestions answered.", .method, .outcome, .era)
        case .fetchDuration:
            .histogram(
                "fetch_duration_seconds", "From arrival to answer of a resource, a prompt or suggestions.",
                Self.seconds, .method, .outcome, .era
            )
        case .workerWait: .histogram("worker_wait_seconds", "Waiting for a worker.", Self.seconds)
        case .workerBatchSize: .histogram("worker_batch_size", "Calls sent in one flush.", [1, 2, 4, 8, 16])
        case .workersBusy: .gauge("workers_busy", "Workers that have a job.")
        case .databaseDuration: .histogram("database_seconds", "From flush to the last row of a call.", Self.seconds)
        case .databaseConnections: .gauge("database_connections", "Connections to the database that are usable.")
        case .databaseConnectionLosses: .counter("database_connection_losses_total", "Connections lost.")
        case .replicaReads:
            .counter("replica_reads_total", "Reads that went to a replica, by what came of it.", .outcome)
        case .replicasUsed: .gauge("replicas_used", "Replicas that answer reads now.")
        case .replicaLag: .gauge("replica_lag_bytes", "Log that the slowest replica had not replayed at the last look.")
        case .backlogJobs: .gauge("backlog_jobs", "Jobs that wait for a worker.")
        case .backlogRefusals: .counter("backlog_refusals_total", "Jobs refused before a worker took them.", .reason)
        case .authenticationRefusals: .counter("authentication_refusals_total", "Requests without access.", .reason)
        case .policyRefusals: .counter("policy_refusals_total", "Tool calls over a limit, by the limit.", .reason)
        case .policyShares:
            .counter("policy_shares_total", "Times that calls were taken from the counters in the database.")
        case .verificationRefusals: .counter("verification_refusals_total", "Customer checks failed.")
        case .embeddingRequests:
            .counter("embedding_requests_total", "Queries and batches of documents sent for embedding.", .outcome)
        case .embeddingCharacters: .counter("embedding_characters_total", "Characters sent for embedding.")
        case .auditEvents: .counter("audit_events_total", "Audit events written.")
        case .auditEventsDropped: .counter("audit_events_dropped_total", "Audit events that could not be written.")
        case .logLinesDropped: .counter("log_lines_dropped_total", "Log lines lost because the sink was too slow.")
        case .processResidentBytes: .gauge("process_resident_bytes", "Resident memory.")
        case .processStartTime: .gauge("process_start_time_seconds", "When the process started, since 1970.")
        case .buildInfo: .gauge("build_info", "Always 1; the label says which version runs.", .version)
        }
    }

    private static let seconds: [Double] = [
        0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25,
    ]
}

/// A dimension of a metric. Its values come from closed sets: never a workspace, a person or anything a client made up.
package enum MetricLabel: String, Sendable, CaseIterable {
    case tool
    case method
    case outcome
    case era
    case reason
    case status
    case version

    /// What is counted under the label's value when the true one is not known or one too many.
    package static let other = "other"

    /// Whether values must be registered before use, because they could come from a client.
    package var isRegistered: Bool { self == .tool }

    /// How many values a label can have in one metric, besides ``other``.
    package var maxValues: Int { self == .tool ? 2048 : 32 }

    /// Gives the value of ``status`` for a status code: `2xx`.
    package static func statusClass(of status: Int) -> String {
        switch status {
        case 100..<200: "1xx"
        case 200..<300: "2xx"
        case 300..<400: "3xx"
        case 400..<500: "4xx"
        case 500..<600: "5xx"
        default: other
        }
    }
}

/// Name, help text, kind and labels of a metric.
package struct MetricDefinition: Sendable {
    /// What a value means.
    package enum Kind: Sendable, Equatable {
        /// Only grows.
        case counter
        /// Goes up and down.
        case gauge
        /// Counts observations up to each of the bounds, which ascend.
        case histogram(bounds: [Double])
    }

    /// The name a scraper sees.
    package let name: String
    /// One sentence for people.
    package let help: String
    /// What a value means.
    package let kind: Kind
    /// The dimensions, in the order in which they are written.
    package let labels: [MetricLabel]

    fileprivate static func counter(_ name: String, _ help: String, _ labels: MetricLabel...) -> Self {
        Self(name: name, help: help, kind: .counter, labels: labels)
    }

    fileprivate static func gauge(_ name: String, _ help: String, _ labels: MetricLabel...) -> Self {
        Self(name: name, help: help, kind: .gauge, labels: labels)
    }

    fileprivate static func histogram(
        _ name: String, _ help: String, _ bounds: [Double], _ labels: MetricLabel...
    ) -> Self {
        Self(name: name, help: help, kind: .histogram(bounds: bounds), labels: labels)
    }
}
