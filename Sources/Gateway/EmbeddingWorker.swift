import Catalog
import Dispatch
import Embeddings
import Identity
import Postgres
import Synchronization
import Telemetry

/// Embeds what documents lack, in the background, on a thread and a connection of its own.
///
/// It looks every few seconds, and less often where looking takes long. Of several nodes one at a time is at a workspace.
/// Where the endpoint fails it waits, longer each time, up to five minutes.
final class EmbeddingWorker: Sendable {
    private static let pause = Duration.seconds(5)
    private static let longestPause = Duration.seconds(300)
    /// Texts that the endpoint does not take are tried again when there are more of them, or after this time.
    private static let mostRefused = 1_000
    private static let refusalTime = Duration.seconds(3_600)

    private let url: String
    private let endpoint: EmbeddingEndpoint
    private let metrics: Metrics
    private let log: Log
    private let isStopping = Flag()
    private let hasBegun = Flag()
    private let stopping = DispatchSemaphore(value: 0)
    private let stopped = DispatchSemaphore(value: 0)

    /// - Parameter url: The database, as the application's role.
    init(_ endpoint: EmbeddingEndpoint, database url: String, metrics: Metrics, log: Log) {
        self.endpoint = endpoint
        self.url = url
        self.metrics = metrics
        self.log = log
    }

    func start() {
        hasBegun.set()
        DispatchQueue(label: "workport.embeddings").async { self.run() }
    }

    /// Ends it after the request that is under way, or leaves it alone if that takes too long.
    func stop(deadline: Duration) {
        guard hasBegun.isSet else { return }
        isStopping.set()
        stopping.signal()
        _ = stopped.wait(timeout: .now() + .milliseconds(Int(deadline / .milliseconds(1))))
    }

    private func run() {
        var connection: Connection?
        var refused: Set<RefusedText> = []
        var refusedSince = ContinuousClock.now
        var failures = 0
        var pause = Duration.zero
        while stopping.wait(timeout: .now() + .milliseconds(Int(pause / .milliseconds(1)))) == .timedOut {
            let begun = ContinuousClock.now
            if refused.count > Self.mostRefused || begun - refusedSince > Self.refusalTime {
                (refused, refusedSince) = ([], begun)
            }
            do {
                let open = try connection.flatMap { $0.isOpen ? $0 : nil } ?? connect()
                connection = open
                try look(open, &refused)
                failures = 0
                // Where there are many workspaces a look takes time of the database: a twentieth of it at most.
                pause = max(Self.pause, (ContinuousClock.now - begun) * 20)
            } catch {
                failures += 1
                pause = min(Self.pause * (1 << min(failures - 1, 6)), Self.longestPause)
                pause = max(pause, min((error as? EmbeddingError)?.retryAfter ?? .zero, Self.longestPause))
                tell(error)
            }
        }
        connection?.close()
        stopped.signal()
    }

    private func connect() throws -> Connection {
        try Connection(url: url, applicationName: "workport embeddings")
    }

    private func look(_ connection: Connection, _ refused: inout Set<RefusedText>) throws {
        let embedder = DocumentEmbedder(connection, endpoint)
        var failure: PostgresError?
        for workspace in try embedder.workspaces() where !isStopping.isSet {
            do {
                let tally = try embedder.embed(
                    workspace, waits: false, refused: &refused, goesOn: { !self.isStopping.isSet })
                tell(tally, of: workspace)
            } catch is DocumentEmbedder.Obstacle {
                // Another node is at it, or it was turned off a moment ago.
                continue
            } catch let error as PostgresError where connection.isOpen {
                // What goes wrong in one workspace does not keep the others waiting.
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
    }

    private func tell(_ error: any Error) {
        let own = error as? EmbeddingError
        metrics.increment(.embeddingRequests, [.outcome: own?.code.rawValue ?? "database"])
        let message = own?.message ?? (error as? PostgresError)?.message ?? "The database failed."
        log.warning("Documents are not embedded", [.error: .string(message)])
    }

    private func tell(_ tally: DocumentEmbedder.Tally, of workspace: WorkspaceID) {
        guard tally != DocumentEmbedder.Tally() else { return }
        metrics.increment(.embeddingRequests, [.outcome: "ok"])
        metrics.increment(.embeddingCharacters, by: tally.characters)
        log.info(
            "Documents embedded", [.workspace: .string(workspace.text), .count: .integer(tally.documents)])
        if tally.refused > 0 {
            log.warning(
                "Documents refused by the embeddings endpoint",
                [.workspace: .string(workspace.text), .count: .integer(tally.refused)])
        }
    }
}
