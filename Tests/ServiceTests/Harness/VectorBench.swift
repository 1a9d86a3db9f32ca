import Catalog
import Embeddings
import Foundation
import Identity
import Postgres
import PostgresServer
import TestSupport

/// A database with the extension vector, on a server of its own.
///
/// Debian 12 does not have the extension; `make test` brings a PostgreSQL that does and names the folder of its programs
/// in `WORKPORT_TEST_PGVECTOR`.
final class VectorBench: Sendable {
    let bench: Bench
    private let cluster: LocalCluster
    private let folder: TestFolder

    static let shared = Result { try VectorBench() }

    /// Where that PostgreSQL is, if anywhere.
    static let binaries = ProcessInfo.processInfo.environment["WORKPORT_TEST_PGVECTOR"]
    static let advice: String =
        "WORKPORT_TEST_PGVECTOR names no folder with a PostgreSQL that has pgvector; `make test` sets it."

    init() throws {
        folder = try TestFolder()
        var options = LocalCluster.Options()
        options.isDurable = false
        options.settings = ["shared_buffers": "16MB", "max_connections": "100"]
        let programs = try Self.copy(of: Self.binaries ?? "", into: folder.path + "/programs")
        cluster = LocalCluster(directory: folder.path + "/cluster", binaries: programs, options: options)
        try cluster.start()
        bench = try Bench(on: cluster)
        try bench.database.connect(as: .superuser).execute(script: "CREATE EXTENSION vector SCHEMA public")
    }

    /// Copies a PostgreSQL to where every account may go: the server's may not enter a checkout below somebody's home.
    ///
    /// - Parameter binaries: The folder of its programs, which find libraries three folders up, in `NAME.libs` beside what
    ///   holds them.
    /// - Returns: The folder of the copied programs.
    private static func copy(of binaries: String, into folder: String) throws -> String {
        let installation = URL(filePath: binaries).resolvingSymlinksInPath().deletingLastPathComponent()
        let package = installation.deletingLastPathComponent()
        let libraries = package.deletingLastPathComponent().appending(path: package.lastPathComponent + ".libs")
        let copy = URL(filePath: folder).appending(path: package.lastPathComponent)
        let files = FileManager.default
        try files.createDirectory(at: copy, withIntermediateDirectories: true)
        try files.copyItem(at: installation, to: copy.appending(path: installation.lastPathComponent))
        try files.copyItem(at: libraries, to: URL(filePath: folder).appending(path: libraries.lastPathComponent))
        return copy.appending(path: installation.lastPathComponent + "/bin").path()
    }

    /// A workspace that allows its texts to be sent, without documents.
    func workspace(_ name: String) throws -> TestWorkspace {
        let workspace = try bench.workspace(name) { $0.semanticSearch = true }
        try execute(workspace, "DELETE FROM documents WHERE workspace_id = \(workspace.id.uuid)::uuid")
        return workspace
    }

    /// Writes published documents.
    func write(_ documents: [(title: String, body: String)], in workspace: TestWorkspace) throws {
        for (title, body) in documents {
            try execute(
                workspace,
                """
                INSERT INTO documents (workspace_id, title, body, status)
                VALUES (\(workspace.id.uuid)::uuid, \(title), \(body), 'published')
                """)
        }
    }

    func execute(_ workspace: TestWorkspace, _ statement: SQL) throws {
        _ = try bench.database.connect(as: .superuser).query(statement)
    }

    /// Embeds what a workspace lacks, as the command does, or waits for a node that is at it.
    @discardableResult
    func embed(_ workspace: TestWorkspace, by station: EmbeddingStation) throws -> DocumentEmbedder.Tally {
        let settings = try EmbeddingSettings(
            url: "http://127.0.0.1:\(station.port)/v1/embeddings", model: "words-1", timeout: .seconds(20),
            agent: "tests")
        let embedder = DocumentEmbedder(
            try bench.database.connect(as: .owner), try EmbeddingEndpoint(settings))
        var refused: Set<RefusedText> = []
        return try embedder.embed(workspace.id, waits: true, refused: &refused)
    }
}
