import Matching

/// Tasks and what is asked of them, without a database: the same steps as the tool takes, over an index in memory.
struct SearchDesk {
    private var documents: [Int64: SearchDocument] = [:]
    private var rows: [Int64: [(words: Set<StoredWord>, read: DocumentWords)]] = [:]
    private let keys: SearchKeyMaker
    private let dictionary: WordDictionary

    /// - Parameter taskCount: How many tasks the workspace is said to have; those that are given unless it says otherwise.
    init(_ documents: [SearchDocument], taskCount: Int? = nil) {
        let keys = SearchKeyMaker(workspace: [1, 2, 3])
        self.keys = keys
        var words: [StoredWord: Int] = [:]
        for document in documents {
            self.documents[document.number ?? 0] = document
            let indexed = IndexedTask(document)
            rows[document.number ?? 0] = indexed.parts.map { part in
                (Set(part.words), DocumentWords(keys: part.words.map { keys.key(of: $0) }, layout: part.layout))
            }
            for word in indexed.dictionaryWords { words[word, default: 0] += 1 }
            for email in document.emails.compactMap({ EmailAddress($0) }) {
                words[StoredWord(.local, Array(EmailSearch.squeezed(email.local).utf8)), default: 0] += 1
            }
        }
        dictionary = WordDictionary(words.map { ($0.key, $0.value) }, taskCount: taskCount ?? documents.count)
    }

    /// The numbers of the tasks that a query finds, the best first; newer tasks have higher numbers.
    func find(_ query: String, country: String? = nil) -> [Int64] {
        switch SearchQuery(query) {
        case .nothing: []
        case .number(let number): documents[number] == nil ? [] : [number]
        case .digits(let typed, let number):
            called(number, PhoneSearch(typed, country: country.flatMap { PhoneCountry($0) }))
        case .email(let email): addressed(email)
        case .words(let words, let part): part.map(addressed).flatMap { $0.isEmpty ? nil : $0 } ?? text(words)
        }
    }

    /// The first match of a query that is text.
    func match(_ query: String) -> TextMatch? {
        guard case .words(let words, _) = SearchQuery(query), let first = hits(words).ranked.first else { return nil }
        // As the tool does: what the index tells decides, the texts explain it.
        var search = TextSearch(words, in: dictionary, keys)
        for tier in TextSearch.Tier.allCases { _ = search.conjunctions(of: tier) }
        return documents[first.id].flatMap { search.match($0) } ?? first.match
    }

    private func called(_ number: Int64?, _ search: PhoneSearch) -> [Int64] {
        let numbered = [number].compactMap { $0 }.filter { documents[$0] != nil }
        return numbered + called(search).filter { !numbered.contains($0) }
    }

    private func called(_ search: PhoneSearch) -> [Int64] {
        func agreements(allowingSlip: Bool) -> [(Int64, PhoneAgreement)] {
            documents.compactMap { number, document in
                document.phones.compactMap { StoredPhone($0) }
                    .compactMap { search.agreement(with: $0, allowingSlip: allowingSlip) }.min().map { (number, $0) }
            }
        }
        var found = agreements(allowingSlip: false)
        if found.isEmpty { found = agreements(allowingSlip: true) }
        if found.contains(where: { $0.1 == .whole }) { found = found.filter { $0.1 == .whole } }
        return found.sorted { ($0.1, -$0.0) < ($1.1, -$1.0) }.map(\.0)
    }

    private func addressed(_ query: EmailQuery) -> [Int64] {
        let exact = documents.filter { $0.value.emails.contains { EmailAddress($0).map(query.matches) ?? false } }
        guard exact.isEmpty, case .address(let typed) = query else { return exact.keys.sorted(by: >) }
        let search = EmailSearch(typed)
        let locals = search.locals(in: dictionary)
        return documents.filter { _, document in
            document.emails.compactMap { EmailAddress($0) }.contains {
                locals.contains(EmailSearch.squeezed($0.local)) && search.errors(to: $0) != nil
            }
        }.keys.sorted(by: >)
    }

    private func addressed(_ part: String) -> [Int64] {
        documents.filter { _, document in
            document.emails.compactMap { EmailAddress($0) }.contains { $0.local.hasPrefix(part) || $0.domain == part }
        }.keys.sorted(by: >)
    }

    private func text(_ words: QueryWords) -> [Int64] { hits(words).ranked.map(\.id) }

    private func hits(_ words: QueryWords) -> TextHits<Int64> {
        var search = TextSearch(words, in: dictionary, keys)
        var hits = TextHits<Int64>()
        for tier in TextSearch.Tier.allCases {
            let conjunctions = search.conjunctions(of: tier)
            for (number, parts) in rows {
                for part in parts {
                    let isOffered = conjunctions.contains { conjunction in
                        conjunction.sets.allSatisfy { $0.words.contains(where: part.words.contains) }
                    }
                    guard isOffered else { continue }
                    let words = tier == .likeness ? documents[number].map { names(of: $0) } ?? part.read : part.read
                    if let match = search.match(words) { hits.add(match, number, createdAt: number) }
                }
            }
            if hits.isEnough(after: tier) { break }
        }
        return hits
    }

    private func names(of document: SearchDocument) -> DocumentWords {
        DocumentWords(SearchDocument(customerNames: document.customerNames), keys)
    }
}
