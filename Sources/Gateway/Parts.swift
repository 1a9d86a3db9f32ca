package import Identity
package import MCP
package import Policy
package import Postgres
import Synchronization
package import Telemetry
package import Tools

/// Everything that the path stands on, built once by ``Service``.
///
/// A class, for whoever works on a call holds on to it, many times for each.
package final class Parts: Sendable {
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

    package init(
        origins: OriginPolicy,
        address: PublicAddress,
        authenticator: Authenticator,
        checks: RecentChecks,
        pool: WorkerPool,
        replicas: Replicas?,
        mcp: MCPServer<ToolProvider>,
        tools: ToolProvider,
        trail: AuditTrail,
        limiter: CallLimiter,
        journal: Journal,
        metrics: Metrics,
        callTimeout: Duration,
        stopping: Flag
    ) {
        self.origins = origins
        self.address = address
        self.authenticator = authenticator
        self.checks = checks
        self.pool = pool
        self.replicas = replicas
        self.mcp = mcp
        self.tools = tools
        self.trail = trail
        self.limiter = limiter
        self.journal = journal
        self.metrics = metrics
        self.callTimeout = callTimeout
        self.stopping = stopping
    }
}

/// A flag that is set once.
package final class Flag: Sendable {
    private let state = Atomic(false)

    package init() {}

    package var isSet: Bool { state.load(ordering: .relaxed) }

    package func set() { state.store(true, ordering: .relaxed) }
}
