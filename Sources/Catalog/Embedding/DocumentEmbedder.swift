package import Embeddings
package import Identity
package import Postgres

/// Brings the embeddings of a workspace's documents up to date.
///
/// Published documents of workspaces that allow it are sent to the endpoint in parts, each behind its document's title;
/// nothing else ever is. What was sent is noted in the audit trail by its size, in the transaction that stores what came
/// of it. No transaction is open while the endpoint is asked.
package struct DocumentEmbedder {
    /// What was done.
    package struct Tally: Sendable, Equatable {
        /// Documents that have embeddings of their present text now.
        package var documents = 0
        /// Their parts.
        package var pieces = 0
        /// Characters that were sent.
        package var characters = 0
        /// Documents that the endpoint does not take.
        package var refused = 0

        package init() {}

        /// Adds what was done elsewhere.
        package static func += (sum: inout Tally, other: Tally) {
            sum.documents += other.documents
            sum.pieces += other.pieces
            sum.characters += other.characters
            sum.refused += other.refused
        }
    }

    /// What keeps a workspace's documents from being sent.
    package enum Obstacle: Error, Sendable, Equatable {
        /// The database cannot compare embeddings.
        case noExtension
        /// The workspace does not allow it.
        case off
        /// Another process is at it.
        case taken
    }

    /// How many documents are read at a time.
    private static let documentBatch = 16
    /// How many parts are sent at a time: within what endpoints take in one request.
    private static let pieceBatch = 32

    private let connection: Connection
    private let endpoint: EmbeddingEndpoint
    private let timeLimit: Duration

    /// - Parameters:
    ///   - connection: In no transaction, as the application's role or the owner's.
    ///   - timeLimit: How long one request may take.
    package init(_ connection: Connection, _ endpoint: EmbeddingEndpoint, timeLimit: Duration = .seconds(30)) {
        self.connection = connection
        self.endpoint = endpoint
        self.timeLimit = timeLimit
    }

    /// The workspaces that allow it; none where the database cannot compare embeddings.
    package func workspaces() throws -> [WorkspaceID] {
        let rows = try connection.query("SELECT w FROM semantic_workspaces() AS w WHERE vector_schema() IS NOT NULL")
        return (0..<rows.rowCount).compactMap { rows.string($0, 0).flatMap(RowID.init(uuid:)).map(WorkspaceID.init) }
    }

    /// Embeds what a workspace lacks.
    ///
    /// - Parameters:
    ///   - waits: Whether to wait for another process that is at the same workspace.
    ///   - refused: Documents that the endpoint did not take, with the text that it did not take; they are left out.
    ///   - goesOn: Asked between requests.
    ///   - progress: Told what was done so far.
    /// - Throws: ``Obstacle``, `EmbeddingError`, or `PostgresError`; what was stored before stays.
    package func embed(
        _ workspace: WorkspaceID,
        waits: Bool,
        refused: inout Set<RefusedText>,
        goesOn: () -> Bool = { true },
        progress: (Tally) -> Void = { _ in }
    ) throws -> Tally {
        try claim(workspace, waits: waits)
        defer { release(workspace) }
        try requirePermission(workspace)
        try forgetUnpublished(workspace)
        var tally = Tally()
        while goesOn() {
            let texts = try missing(workspace, without: refused)
            guard !texts.isEmpty else { break }
            for batch in try embeddings(of: texts, in: workspace, &refused, &tally) { try store(batch, workspace) }
            progress(tally)
        }
        return tally
    }

    // MARK: Who may

    private func lock(_ workspace: WorkspaceID) -> SQL {
        "hashtextextended('workport embeddings ' || \(workspace.uuid), 0)"
    }

    private func claim(_ workspace: WorkspaceID, waits: Bool) throws {
        if waits {
            _ = try connection.query("SELECT pg_advisory_lock(\(lock(workspace)))")
        } else {
            let rows = try connection.query("SELECT pg_try_advisory_lock(\(lock(workspace)))")
            guard rows.bool(0, 0) == true else { throw Obstacle.taken }
        }
    }

    private func release(_ workspace: WorkspaceID) {
        // Where the connection is gone the lock is too.
        _ = try? connection.query("SELECT pg_advisory_unlock(\(lock(workspace)))")
    }

    private func requirePermission(_ workspace: WorkspaceID) throws {
        let rows = try connection.transaction(readOnly: true) { connection in
            _ = try connection.query(Tenancy.set(workspace))
            return try connection.query(
                """
                SELECT w.semantic_search, vector_schema() IS NOT NULL FROM workspaces AS w
                WHERE w.id = \(workspace)::uuid
                """
            )
        }
        guard rows.bool(0, 1) == true else { throw Obstacle.noExtension }
        guard rows.bool(0, 0) == true else { throw Obstacle.off }
    }

    // MARK: What is missing

    /// Drops the parts of documents that nobody is shown any more.
    private func forgetUnpublished(_ workspace: WorkspaceID) throws {
        try connection.transaction { connection in
            _ = try connection.query(Tenancy.set(workspace))
            _ = try connection.query(
                """
                DELETE FROM document_chunks AS c USING documents AS d
                WHERE c.workspace_id = \(workspace)::uuid AND d.workspace_id = c.workspace_id AND d.id = c.document_id
                    AND (d.deleted_at IS NOT NULL OR d.status <> 'published')
                """
            )
        }
    }

    private func missing(_ workspace: WorkspaceID, without refused: Set<RefusedText>) throws -> [DocumentText] {
        let settings = endpoint.settings
        let rows = try connection.transaction(readOnly: true) { connection in
            _ = try connection.query(Tenancy.set(workspace))
            return try connection.query(
                """
                SELECT d.id, d.content_digest, d.title, d.body FROM documents AS d
                JOIN workspaces AS w ON w.id = d.workspace_id AND w.semantic_search
                WHERE d.workspace_id = \(workspace)::uuid AND d.deleted_at IS NULL AND d.status = 'published'
                    AND NOT EXISTS (
                        SELECT FROM document_chunks AS c
                        WHERE c.workspace_id = d.workspace_id AND c.document_id = d.id AND c.position = 0
                            AND c.content_digest = d.content_digest AND c.model = \(settings.model)
                            AND c.dimensions = coalesce(\(settings.dimensions)::integer, c.dimensions)
                    )
                    AND d.id::text || ' ' || d.content_digest <> ALL (\(refused.map(\.text))::text[])
                ORDER BY d.updated_at, d.id LIMIT \(Int64(Self.documentBatch))::bigint
                """
            )
        }
        return (0..<rows.rowCount).map { row in
            DocumentText(
                id: rows.string(row, 0) ?? "", digest: rows.string(row, 1) ?? "", title: rows.string(row, 2) ?? "",
                body: rows.string(row, 3) ?? "")
        }
    }

    // MARK: Asking

    /// Asks for the embeddings of all parts of some documents.
    ///
    /// What the endpoint does not take it is asked for again document by document, so that one holds up no others.
    private func embeddings(
        of texts: [DocumentText], in workspace: WorkspaceID, _ refused: inout Set<RefusedText>, _ tally: inout Tally
    ) throws -> [EmbeddedDocuments] {
        var batches: [EmbeddedDocuments] = []
        if let batch = try embedded(texts) {
            tally.documents += texts.count
            tally.pieces += batch.pieces.count
            tally.characters += batch.characters
            batches.append(batch)
        } else if texts.count == 1 {
            refused.insert(RefusedText(texts[0]))
            tally.refused += 1
        } else {
            for text in texts { batches += try embeddings(of: [text], in: workspace, &refused, &tally) }
        }
        return batches
    }

    /// The documents with their embeddings; `nil` if the endpoint does not take one of them.
    private func embedded(_ texts: [DocumentText]) throws -> EmbeddedDocuments? {
        do {
            return try ask(for: texts)
        } catch let error as EmbeddingError {
            if error.code == .rejected { return nil }
            throw error
        }
    }

    private func ask(for texts: [DocumentText]) throws -> EmbeddedDocuments {
        var batch = EmbeddedDocuments(model: endpoint.settings.model, documents: texts.map(\.id))
        var parts: [(text: DocumentText, position: Int, piece: TextPiece)] = []
        for text in texts {
            for (position, piece) in text.pieces.enumerated() { parts.append((text, position, piece)) }
        }
        for start in stride(from: 0, to: parts.count, by: Self.pieceBatch) {
            let some = Array(parts[start..<min(parts.count, start + Self.pieceBatch)])
            let sent = some.map { $0.text.title + "\n\n" + $0.piece.text }
            let embeddings = try endpoint.embed(sent, within: timeLimit)
            batch.characters += sent.reduce(0) { $0 + $1.unicodeScalars.count }
            for (part, embedding) in zip(some, embeddings) {
                batch.append(part.piece, at: part.position, of: part.text, embedding)
            }
        }
        return batch
    }

    // MARK: Storing

    /// Puts the parts in the place of those that were there.
    ///
    /// - Throws: ``Obstacle/off`` if the workspace has been turned off while the endpoint had the texts. That they were sent is
    ///   noted all the same.
    private func store(_ batch: EmbeddedDocuments, _ workspace: WorkspaceID) throws {
        let isAllowed = try connection.transaction { connection in
            _ = try connection.query(Tenancy.set(workspace))
            // Nobody turns it off between this answer and the commit.
            let isAllowed = try connection.query("SELECT hold_semantic_search()").bool(0, 0) == true
            if isAllowed { for statement in batch.storing(in: workspace) { _ = try connection.query(statement) } }
            _ = try connection.query(batch.noting(in: workspace))
            return isAllowed
        }
        guard isAllowed else { throw Obstacle.off }
    }
}

/// A text that the endpoint does not take; another text of the same document may be taken.
package struct RefusedText: Sendable, Hashable {
    /// Its document's key and its digest.
    let text: String

    init(_ document: DocumentText) { text = "\(document.id) \(document.digest)" }
}
