import Crypto
import Identity
import Matching
import Postgres

/// The search rows of many customers and tasks of one workspace, on their way into the database.
struct SearchRows: Sendable {
    private let workspace: WorkspaceID
    private let country: PhoneCountry?
    private let keys: SearchKeyMaker
    private var documents = CopyText()
    private var phones = CopyText()
    private var emails = CopyText()
    private var records = CopyText()
    private var recordPhones = CopyText()
    private var recordEmails = CopyText()
    /// How many of the tasks have each word.
    private(set) var words: [StoredWord: Int] = [:]

    /// - Parameter country: The workspace's country.
    init(_ workspace: WorkspaceID, country: PhoneCountry?) {
        self.workspace = workspace
        self.country = country
        keys = SearchKeyMaker(workspace: workspace.uuid)
    }

    /// How many rows wait to be stored.
    var count: Int { documents.rowCount + phones.rowCount + emails.rowCount + records.rowCount }

    mutating func append(task id: String, _ document: SearchDocument) {
        let task = IndexedTask(document)
        for (place, part) in task.parts.enumerated() {
            documents.text(workspace.uuid)
            documents.text(id)
            documents.integer(place)
            documents.integers(part.words.map { keys.key(of: $0) })
            documents.text("\\x" + Hex.encode(part.layout))
            documents.endRow()
        }
        for word in task.dictionaryWords { words[word, default: 0] += 1 }
    }

    mutating func append(customer id: String, phones numbers: [String], email: String?) {
        var known: Set<String> = []
        for number in numbers {
            guard let phone = StoredPhone(number, country: country), known.insert(phone.digits).inserted else {
                continue
            }
            phones.text(workspace.uuid)
            phones.text(id)
            phones.text(phone.reversed)
            phones.text(phone.national)
            phones.endRow()
        }
        guard let address = email.flatMap({ EmailAddress($0) }) else { return }
        let squeezed = EmailSearch.squeezed(address.local)
        emails.text(workspace.uuid)
        emails.text(id)
        emails.text(address.local)
        emails.text(address.domain)
        emails.text(squeezed)
        emails.endRow()
        if !squeezed.isEmpty { words[StoredWord(.local, Array(squeezed.utf8)), default: 0] += 1 }
    }

    /// Appends the row of an entity. Its words count for no task, so they are none of the frequent ones.
    mutating func append(record id: String, _ record: IndexedRecord, kind: String) {
        func begin(_ rows: inout CopyText) {
            rows.text(workspace.uuid)
            rows.text(kind)
            rows.text(id)
        }
        begin(&records)
        records.integers(record.keys)
        records.text("\\x" + record.layout)
        records.endRow()
        for phone in record.phones {
            begin(&recordPhones)
            recordPhones.text(phone.reversed)
            recordPhones.text(phone.national)
            recordPhones.endRow()
        }
        for email in record.emails {
            begin(&recordEmails)
            recordEmails.text(email.local)
            recordEmails.text(email.domain)
            recordEmails.text(EmailSearch.squeezed(email.local))
            recordEmails.endRow()
        }
        for word in record.words { words[word, default: 0] += 0 }
    }

    /// Stores what was appended and forgets it. The connection is in a transaction that is set to the workspace.
    ///
    /// - Parameters:
    ///   - scale: How many tasks each of these stands for, where words are counted in a part of a workspace.
    ///   - isReplacing: Whether rows may be there already: theirs are replaced, and words are counted on.
    mutating func store(on connection: Connection, scale: Double = 1, isReplacing: Bool = false) throws {
        let clause =
            isReplacing
            ? """
            ON CONFLICT (workspace_id, task_id, part) DO UPDATE SET keys = EXCLUDED.keys, layout = EXCLUDED.layout
                WHERE search_documents.keys <> EXCLUDED.keys OR search_documents.layout <> EXCLUDED.layout
            """ : ""
        let unless = isReplacing ? "ON CONFLICT DO NOTHING" : ""
        try load(Self.documentsTable, documents.take(), clause, on: connection)
        try load(Self.phonesTable, phones.take(), unless, on: connection)
        try load(Self.emailsTable, emails.take(), unless, on: connection)
        try load(Self.recordsTable, records.take(), unless, on: connection)
        try load(Self.recordPhonesTable, recordPhones.take(), unless, on: connection)
        try load(Self.recordEmailsTable, recordEmails.take(), unless, on: connection)
        try storeWords(on: connection, scale: scale, isCounted: isReplacing)
        words = [:]
    }

    private static let documentsTable = StagedTable("search_documents", "workspace_id task_id part keys layout")
    private static let phonesTable = StagedTable("search_phones", "workspace_id contact_id reversed national")
    private static let emailsTable = StagedTable("search_emails", "workspace_id contact_id local domain squeezed")
    private static let recordsTable = StagedTable("search_records", "workspace_id kind record_id keys layout")
    private static let recordPhonesTable = StagedTable(
        "search_record_phones", "workspace_id kind record_id reversed national")
    private static let recordEmailsTable = StagedTable(
        "search_record_emails", "workspace_id kind record_id local domain squeezed")
    private static let wordsTable = StagedTable("search_words", "workspace_id word uses")

    /// Loads rows; several times in a transaction.
    private func load(_ table: StagedTable, _ rows: [UInt8]?, _ clause: String, on connection: Connection) throws {
        guard let rows else { return }
        try table.load(rows, on: connection, otherwise: clause)
        try table.clear(on: connection)
    }

    /// Adds words that are not there yet. Nobody waits for anybody: a word that another transaction is just bringing in
    /// gets a row of its own.
    private func storeWords(on connection: Connection, scale: Double, isCounted: Bool) throws {
        guard !words.isEmpty else { return }
        var rows = CopyText()
        for (word, uses) in words {
            rows.text(workspace.uuid)
            rows.text(word.text)
            rows.integer(min(Int(Double(uses) * scale), Int(Int32.max)))
            rows.endRow()
        }
        try Self.wordsTable.create(on: connection)
        try Self.wordsTable.copy(rows.take(), on: connection)
        if isCounted {
            // In the order of the words, so that two of these never wait for each other in a circle.
            try connection.execute(
                script: """
                    UPDATE search_words AS w SET uses = least(2147483647, w.uses::bigint + n.uses)
                    FROM (
                        SELECT s.word, s.born, p.uses FROM \(Self.wordsTable.name) AS p
                        JOIN search_words AS s ON s.workspace_id = p.workspace_id AND s.word = p.word
                        WHERE p.uses > 0
                        ORDER BY s.word, s.born FOR UPDATE OF s
                    ) AS n
                    WHERE w.workspace_id = current_workspace_id() AND w.word = n.word AND w.born = n.born
                    """
            )
        }
        try connection.execute(
            script: """
                INSERT INTO search_words (workspace_id, word, uses)
                SELECT p.workspace_id, p.word, greatest(p.uses, 1) FROM \(Self.wordsTable.name) AS p
                WHERE NOT EXISTS (
                    SELECT FROM search_words AS s WHERE s.workspace_id = p.workspace_id AND s.word = p.word
                )
                """
        )
        try Self.wordsTable.clear(on: connection)
    }
}
