import Crypto
import Identity
import Matching
import Postgres
import Tools

/// What the index holds about one row of an entity.
struct IndexedRecord: Sendable {
    let keys: [Int64]
    /// In hexadecimal digits.
    let layout: String
    /// The words that belong into the dictionary, each once.
    let words: [StoredWord]
    let phones: [StoredPhone]
    let emails: [EmailAddress]

    /// Reads a row of ``RecordTexts/indexedColumns``.
    ///
    /// - Parameter country: The workspace's country.
    init(_ rows: QueryResult, _ row: Int, _ texts: RecordTexts, in workspace: WorkspaceID, country: PhoneCountry?) {
        var phones: [String: StoredPhone] = [:]
        for column in texts.phoneColumns {
            guard let phone = rows.string(row, column).flatMap({ StoredPhone($0, country: country) }) else { continue }
            phones[phone.reversed] = phone
        }
        var emails: Set<EmailAddress> = []
        for column in texts.emailColumns {
            if let email = rows.string(row, column).flatMap({ EmailAddress($0) }) { emails.insert(email) }
        }
        self.init(
            texts.row(rows, row).document, kind: texts.entity.prefix, in: workspace,
            phones: phones.values.sorted { $0.reversed < $1.reversed }, emails: emails.sorted { $0.whole < $1.whole })
    }

    /// Takes what is known of a row.
    init(
        _ document: SearchDocument, kind: String, in workspace: WorkspaceID, phones: [StoredPhone] = [],
        emails: [EmailAddress] = []
    ) {
        let maker = SearchKeyMaker(workspace: workspace.uuid, kind: kind)
        let indexed = IndexedTask(document)
        // A row without comments has one part.
        let part = indexed.parts[0]
        keys = part.words.map { maker.key(of: $0) }
        layout = Hex.encode(part.layout)
        let locals = Set(emails.map { EmailSearch.squeezed($0.local) }).filter { !$0.isEmpty }
        words = indexed.dictionaryWords + locals.sorted().map { StoredWord(.local, Array($0.utf8)) }
        self.phones = phones
        self.emails = emails
    }
}
