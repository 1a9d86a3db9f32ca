import Catalog
import Embeddings
import HTTP
import HTTPServer
import Identity
import JSON
import MCP
import Mail
import Policy
package import Postgres
package import Telemetry
import Tools

/// The running service: everything built once, in order; nothing is global.
package final class Service: Sendable {
    private let configuration: Configuration
    private let parts: Parts
    private let mailroom: PostgresMailroom
    private let embedder: EmbeddingWorker?
    private let server: HTTPServer
    private let log: Log

    /// Builds the service; it does nothing until ``start()``.
    package init(_ configuration: Configuration, log: Log) {
        self.configuration = configuration
        self.log = log
        let metrics = Metrics(version: Product.version, tools: Catalog.registry.names)
        let journal = Journal(log: log, metrics: metrics)
        let pool = WorkerPool(configuration.pool, observer: journal)
        mailroom = PostgresMailroom(pool, url: configuration.databaseURL) { Service.note($0, log) }
        let trail = AuditTrail(pool: pool, metrics: metrics, log: log)
        let endpoint = Service.endpoint(configuration, log)
        let registry = Catalog.registry(
            Dictionaries(bytes: configuration.searchMemory),
            endpoint.map { QueryEmbeddings($0) { Service.note($0, trail, metrics, log) } })
        let tools = ToolProvider(registry, serverInfo: Product.info, seal: configuration.seal, web: configuration.web)
        var limits = MCPLimits()
        limits.json.maxDepth = configuration.maxJSONDepth
        limits.json.maxBytes = configuration.server.limits.maxBodyBytes
        limits.listDelay = configuration.tokenStanding
        parts = Parts(
            origins: Service.origins(configuration),
            address: PublicAddress(url: configuration.publicURL, isLocal: Service.isLocal(configuration)),
            authenticator: Authenticator(pepper: configuration.pepper),
            checks: RecentChecks(standing: configuration.tokenStanding, mailroom: mailroom),
            pool: pool,
            replicas: Service.replicas(configuration, pool, metrics, log),
            mcp: MCPServer(provider: tools, seal: configuration.seal, limits: limits, mailroom: mailroom),
            tools: tools,
            trail: trail,
            limiter: CallLimiter(pool: pool, metrics: metrics),
            journal: journal,
            metrics: metrics,
            callTimeout: configuration.callTimeout,
            stopping: Flag()
        )
        embedder = endpoint.map {
            EmbeddingWorker($0, database: configuration.databaseURL, metrics: metrics, log: log)
        }
        let gateway = Gateway(parts)
        server = HTTPServer(
            configuration: configuration.server,
            log: { event in Service.note(event, log, metrics) },
            handler: { request, responder in gateway.receive(request, responder) }
        )
        let board = server
        metrics.watch(.httpConnections) { Double(board.counters.connectionsOpen) }
        metrics.watch(.httpRefusalsHeld) { Double(board.counters.refusalsHeld) }
        metrics.watch(.logLinesDropped) { Double(log.droppedLines) }
        let mcp = parts.mcp
        metrics.watch(.openStreams) { Double(mcp.openStreamCount) }
    }

    /// Checks the database, then listens.
    ///
    /// - Returns: The port.
    /// - Throws: ``StartRefusal`` if the role is too powerful or the schema is not this program's.
    package func start(_ migrator: Migrator) throws -> UInt16 {
        let connection = try Connection(url: configuration.databaseURL, applicationName: "workport start")
        try StartCheck.role(connection)
        try StartCheck.schema(connection, migrator)
        let replicas = try parts.replicas.map { ($0, try checkReplicas(of: connection)) }
        connection.close()
        // The address comes first: when it cannot be had, nothing has begun. Calls wait for the workers.
        let port = try server.start()
        parts.pool.start()
        if let (replicas, identity) = replicas { replicas.start(as: identity) }
        parts.checks.listen()
        mailroom.start()
        embedder?.start()
        log.info("Service started", [.version: .string(Product.version), .port: .integer(Int(port))])
        return port
    }

    /// Stops accepting, finishes what is in flight, writes what waits, and ends the connections.
    package func stop() {
        let deadline = ContinuousClock.now + configuration.drainTimeout
        parts.stopping.set()
        log.info("Service stopping")
        parts.mcp.endStreams()
        server.drain(deadline: configuration.drainTimeout)
        mailroom.stop()
        embedder?.stop(deadline: max(.seconds(1), deadline - .now))
        parts.trail.finish(by: max(.now + .seconds(1), deadline))
        giveBack(until: max(.now + .seconds(1), deadline))
        parts.replicas?.stop(deadline: max(.seconds(1), deadline - .now))
        parts.pool.drain(deadline: max(.seconds(1), deadline - .now))
        log.info("Service stopped")
        log.flush()
    }

    /// Leaves to other nodes the calls that this one may still have admitted.
    private func giveBack(until deadline: ContinuousClock.Instant) {
        do {
            try parts.limiter.giveBack(until: deadline)
        } catch {
            let error = error as? PostgresError ?? PostgresError(.unexpectedResult, "\(error)")
            log.warning("Calls of limits not given back", [.error: .string(error.message)])
        }
    }

    /// The way to the source of embeddings, if one is set up.
    private static func endpoint(_ configuration: Configuration, _ log: Log) -> EmbeddingEndpoint? {
        guard let settings = configuration.embeddings else { return nil }
        do throws(EmbeddingError) {
            return try EmbeddingEndpoint(settings)
        } catch {
            log.warning("Search compares words alone", [.error: .string(error.message)])
            return nil
        }
    }

    private static func replicas(
        _ configuration: Configuration,
        _ pool: WorkerPool,
        _ metrics: Metrics,
        _ log: Log
    ) -> Replicas? {
        guard !configuration.replicaURLs.isEmpty else { return nil }
        return Replicas(
            configuration.replicaURLs, like: configuration.pool, primary: pool, metrics: metrics, log: log
        )
    }

    /// Makes sure that reads go to standbys of the database; one that cannot be reached now is used when it can.
    private func checkReplicas(of primary: Connection) throws -> ReplicationIdentity {
        let identity = try ReplicationIdentity(of: primary)
        for (index, url) in configuration.replicaURLs.enumerated() {
            do {
                let connection = try Connection(url: url, applicationName: "workport start")
                try StartCheck.replica(connection, number: index + 1, of: identity)
                connection.close()
            } catch let error as PostgresError where error.kind != .server {
                log.warning(
                    "Replica cannot be reached", [.replica: .integer(index + 1), .error: .string(error.message)]
                )
            }
        }
        return identity
    }

    /// Names in Host that are answered for, and pages that may call.
    private static func origins(_ configuration: Configuration) -> OriginPolicy {
        let own = configuration.publicURL.map { url in
            String(url.drop { $0 != "/" }.drop { $0 == "/" }.prefix { $0 != "/" })
        }
        let isLocal = isLocal(configuration)
        var hosts = configuration.allowedHosts + (own.map { [$0] } ?? [])
        // A page that makes its own name point here (DNS rebinding) must not reach a service that only listens locally.
        if hosts.isEmpty, isLocal { hosts = ["localhost"] }
        return OriginPolicy(
            hosts: hosts,
            origins: configuration.allowedOrigins + (configuration.publicURL.map { [$0] } ?? []),
            allowsLoopback: isLocal
        )
    }

    /// Whether nobody but this machine can call.
    private static func isLocal(_ configuration: Configuration) -> Bool {
        ["127.0.0.1", "::1", "localhost"].contains(configuration.server.host)
    }

    private static func note(_ event: PostgresMailroom.Event, _ log: Log) {
        switch event {
        case .listening: log.info("Listening for changes at other nodes")
        case .lost(let error):
            log.warning("Changes at other nodes are not heard", [.error: .string(error.message)])
        }
    }

    /// What was asked of the endpoint leaves its size in the audit trail and nothing else.
    private static func note(_ sent: QueryEmbeddings.Sent, _ trail: AuditTrail, _ metrics: Metrics, _ log: Log) {
        var event = AuditEvent(
            workspace: sent.workspace, credential: sent.credential, action: "query.sent_for_embedding",
            outcome: sent.error == nil ? .ok : .error, errorCode: sent.error?.code.rawValue,
            at: WallClock.system.now)
        event.changes = #"{"characters": \#(sent.characters)}"#
        trail.note(event)
        metrics.increment(.embeddingRequests, [.outcome: sent.error?.code.rawValue ?? "ok"])
        metrics.increment(.embeddingCharacters, by: sent.characters)
        if let error = sent.error { log.warning("Query not embedded", [.error: .string(error.message)]) }
    }

    private static func note(_ event: HTTPServerEvent, _ log: Log, _ metrics: Metrics) {
        switch event {
        case .refused(let refusal, let peer):
            metrics.increment(.httpRefusals, [.reason: refusal.rawValue])
            log.info("Request refused", [.reason: .string(refusal.rawValue), .peer: .string(peer)])
        case .unanswered(let method): log.error("Request was not answered", [.method: .string(method)])
        case .acceptFailed(let errno): log.warning("Connection not accepted", [.error: .integer(Int(errno))])
        case .noPrecedence(let errno):
            log.info("Event loop shares the processors like any thread", [.error: .integer(Int(errno))])
        case .listening, .draining, .stopped: break
        }
    }
}
