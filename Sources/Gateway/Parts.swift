package import Identity
package import MCP
package import Policy
package import Postgres
import Synchronization
package import Telemetry
package import Tools

/// Everything that the path stands on, built once by ``Service``.
package struct Parts: Sendable {
    package let origins: OriginPolicy
    package let address: PublicAddress
    package let authenticator: Authenticator
    package let checks: RecentChecks
    package let pool: WorkerPool
    package let replicas: Replicas?
    package let mcp: MCPServer<ToolProvider>
    package let tools: ToolProvider
    package let trail: AuditTrail
    package let limiter: CallLimiter
    package let journal: Journal
    package let metrics: Metrics
    package let callTimeout: Duration
    package let stopping: Flag
}

/// A flag that is set once.
package final class Flag: Sendable {
    private let state = Atomic(false)

    package init() {}

    package var isSet: Bool { state.load(ordering: .relaxed) }

    package func set() { state.store(true, ordering: .relaxed) }
}
