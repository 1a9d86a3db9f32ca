import Embeddings
import Identity
import Postgres

/// A document that has no embeddings of its present text.
struct DocumentText: Sendable {
    let id: String
    let digest: String
    let title: String
    let body: String

    /// Its parts. A text of blanks alone counts as one, so that it is not looked at again and again.
    var pieces: [TextPiece] {
        let pieces = TextPiece.pieces(of: body)
        return pieces.isEmpty ? [TextPiece(start: 0, length: 1, text: "")] : pieces
    }
}

/// Documents whose parts have embeddings, to be stored together.
struct EmbeddedDocuments: Sendable {
    let model: String
    let documents: [String]
    /// How many characters were sent for them.
    var characters = 0
    private(set) var pieces: [(document: DocumentText, position: Int, piece: TextPiece, embedding: Embedding)] = []

    init(model: String, documents: [String]) {
        self.model = model
        self.documents = documents
    }

    mutating func append(_ piece: TextPiece, at position: Int, of document: DocumentText, _ embedding: Embedding) {
        pieces.append((document, position, piece, embedding))
    }

    /// What stores them, in a transaction that is set to the workspace and holds its permission.
    func storing(in workspace: WorkspaceID) -> [SQL] {
        let embeddings = pieces.map(\.embedding.literal)
        return [
            """
            DELETE FROM document_chunks AS c
            WHERE c.workspace_id = \(workspace)::uuid AND c.document_id = ANY (\(documents)::uuid[])
            """,
            """
            INSERT INTO document_chunks (workspace_id, document_id, position, content_digest, starts_at, length, model,
                dimensions, embedding)
            SELECT d.workspace_id, n.document::uuid, n.position, n.digest, n.start, n.length, \(model),
                cardinality(n.embedding::real[]), n.embedding::real[]
            FROM unnest(\(pieces.map(\.document.id))::text[], \(pieces.map(\.position))::bigint[],
                \(pieces.map(\.document.digest))::text[], \(pieces.map(\.piece.start))::bigint[],
                \(pieces.map(\.piece.length))::bigint[], \(embeddings)::text[])
                AS n(document, position, digest, start, length, embedding)
            -- A document may be gone by now, with all that belongs to it.
            JOIN documents AS d ON d.workspace_id = \(workspace)::uuid AND d.id = n.document::uuid
            """,
        ]
    }

    /// What notes in the audit trail that they were sent.
    func noting(in workspace: WorkspaceID) -> SQL {
        AuditChain.appending(
            "actor_kind, action, entity, outcome, changes",
            """
            'system', 'documents.sent_for_embedding', 'document', 'ok', jsonb_build_object(
                'documents', \(documents.count)::bigint, 'parts', \(pieces.count)::bigint,
                'characters', \(characters)::bigint, 'model', \(model)::text)
            """, in: workspace)
    }
}
