import Catalog
import Embeddings
import Gateway
import Identity
import Postgres

/// `workport embed`
enum EmbedCommand {
    static let command = Subcommand(
        words: ["embed"], summary: "Embed what documents of the knowledge base lack, for search by meaning",
        options: [
            .init("workspace", "WORKSPACE", "One workspace, by id or slug"),
            .init("all", nil, "All workspaces that have turned it on"),
            Subcommand.json,
        ],
        notes: """
            A service with the same settings does this by itself, a few seconds after a document was written. Published \
            documents are sent to the endpoint; `workport workspace update --semantic-search on` allows it for a workspace.
            """,
        settings: Administration.settings + Setting.ofEmbeddings, run: run
    )

    @Sendable private static func run(_ flags: Flags) throws {
        guard flags.operands.isEmpty else { throw UsageError("`workport embed` takes flags only.") }
        guard flags.has("all") != (flags.text("workspace") != nil) else {
            throw UsageError("Name one workspace with --workspace, or take --all.")
        }
        let settings = try flags.settings()
        guard let wishes = try Configuration.embeddings(settings) else {
            throw Failure("There is no endpoint to ask: set WORKPORT_EMBEDDINGS_URL and WORKPORT_EMBEDDINGS_MODEL.")
        }
        let connection = try Administration.connect(settings)
        let embedder = DocumentEmbedder(connection, try EmbeddingEndpoint(wishes))
        let workspaces =
            try flags.text("workspace").map { [try Administration.workspace($0, connection)] } ?? embedder.workspaces()
        let tally = try embed(workspaces, embedder)
        if flags.has("json") {
            Terminal.print(
                "{\"workspaces\":\(workspaces.count),\"documents\":\(tally.documents),\"parts\":\(tally.pieces),"
                    + "\"characters\":\(tally.characters),\"refused\":\(tally.refused)}")
        } else {
            Terminal.print(
                "\(tally.documents) documents of \(workspaces.count) workspaces were embedded in \(tally.pieces) parts; "
                    + "\(tally.characters) characters were sent.")
        }
        if tally.refused > 0 { throw Failure("The endpoint does not take \(tally.refused) documents.") }
    }

    private static func embed(
        _ workspaces: [WorkspaceID], _ embedder: DocumentEmbedder
    ) throws -> DocumentEmbedder.Tally {
        let line = ProgressLine("Documents")
        var sum = DocumentEmbedder.Tally()
        var refused: Set<RefusedText> = []
        for workspace in workspaces {
            let before = sum.documents
            do {
                sum += try embedder.embed(
                    workspace, waits: true, refused: &refused,
                    progress: { line.show(before + $0.documents, of: nil) })
            } catch let obstacle as DocumentEmbedder.Obstacle {
                throw Failure(sentence(for: obstacle, workspace))
            } catch let error as EmbeddingError {
                throw Failure(error.message)
            }
        }
        line.end()
        return sum
    }

    private static func sentence(for obstacle: DocumentEmbedder.Obstacle, _ workspace: WorkspaceID) -> String {
        switch obstacle {
        case .noExtension:
            "The database lacks the extension vector. Install pgvector, then run CREATE EXTENSION vector there as a superuser."
        case .off:
            "Search by meaning is off in \(workspace.text); `workport workspace update \(workspace.text) "
                + "--semantic-search on` allows its documents to be sent."
        case .taken: "Another process embeds the documents of \(workspace.text)."
        }
    }
}
