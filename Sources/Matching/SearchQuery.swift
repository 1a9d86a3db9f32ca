/// What a typed query asks for, decided from its text alone, before any look-up.
package struct SearchQuery: Sendable {
    /// A task number, if the query can be one.
    package let number: NumberMatch?
    /// A phone number, if the query can be one: five digits or more.
    package let phone: PhoneDigits?
    /// An e-mail address or a part of one, if the query has an `@`.
    package let email: EmailQuery?
    /// The words to look for, as beginnings of words.
    package let wordMatch: WordMatch

    private let country: PhoneCountry?

    /// Reads a query.
    ///
    /// - Parameters:
    ///   - text: What was typed.
    ///   - numberPrefix: The workspace's prefix of task numbers.
    ///   - country: The workspace's country.
    package init(_ text: String, numberPrefix: String = "", country: PhoneCountry? = nil) {
        let text = text.prefix(bytes: Self.maxBytes)
        number = NumberMatch(text, prefix: numberPrefix)
        email = EmailQuery(text)
        let phone = email == nil && number?.isExplicit != true ? PhoneDigits(query: text) : nil
        self.phone = phone
        wordMatch = WordMatch(text)
        self.country = country
    }

    /// How much of a query is read, in UTF-8 bytes.
    package static let maxBytes = 4096

    /// Whether there is nothing to look for.
    package var isEmpty: Bool { number == nil && phone == nil && email == nil && wordMatch.words.isEmpty }

    /// Whether any of the words will do when no task has all of them. Not for numbers and addresses: half of one is
    /// something else.
    package var mayRelax: Bool { number == nil && phone == nil && email == nil && wordMatch.words.count > 1 }

    /// What to look for in the index of phone numbers.
    package var phoneProbes: PhoneProbes? { phone?.probes(country: country) }

    /// Compares a task with the query; `nil` if it does not match.
    ///
    /// - Parameters:
    ///   - document: The task as it is stored.
    ///   - relaxed: Whether any word will do.
    package func match(_ document: SearchDocument, relaxed: Bool = false) -> SearchHit? {
        var fields: [SearchField] = []
        if let number, number.number == document.number { fields.append(.number) }
        if let email, document.emails.contains(where: { EmailAddress($0).map(email.matches) ?? false }) {
            fields.append(.email)
        }
        if let probes = phoneProbes, document.phones.contains(where: { probes.find(PhoneDigits($0).reversedDigits) }) {
            fields.append(.phone)
        }
        let words = matchWords(document, relaxed: relaxed && mayRelax)
        guard let exact = fields.first else { return words }
        let others = (words?.fields ?? []).filter { !fields.contains($0) }
        return SearchHit(evidence: exact.evidence, missingWords: 0, fields: fields + others)
    }

    private func matchWords(_ document: SearchDocument, relaxed: Bool) -> SearchHit? {
        var found: [(field: SearchField, words: Set<Int>)] = []
        for field in SearchDocument.wordFields {
            let words = wordMatch.matched(in: document.texts(of: field).flatMap(Folding.words))
            if !words.isEmpty { found.append((field, words)) }
        }
        let matched = found.reduce(into: Set<Int>()) { $0.formUnion($1.words) }
        let missing = wordMatch.words.count - matched.count
        guard !matched.isEmpty, relaxed || missing == 0 else { return nil }
        // Each word counts where it says most, and the weakest word decides.
        let evidence = matched.map { word in
            found.lazy.filter { $0.words.contains(word) }.map { Self.evidence(ofWordsIn: $0.field) }.min() ?? .body
        }
        let complete = found.filter { $0.words == matched }
        return SearchHit(
            evidence: evidence.max() ?? .body,
            missingWords: missing,
            fields: (complete.isEmpty ? found : complete).map(\.field)
        )
    }

    /// A part of an address is no more than a word; only all of it, or its domain, is a contact.
    private static func evidence(ofWordsIn field: SearchField) -> Evidence {
        field == .email ? .body : field.evidence
    }
}

/// How a task matched a query.
package struct SearchHit: Sendable, Hashable {
    /// The kind of match, for ranking.
    package let evidence: Evidence
    /// How many of the query's words the task lacks; above 0 only when relaxed.
    package let missingWords: Int
    /// Where it matched, the most telling first; the first is the answer's `matched_on`.
    package let fields: [SearchField]

    /// Takes what a match consists of.
    package init(evidence: Evidence, missingWords: Int, fields: [SearchField]) {
        self.evidence = evidence
        self.missingWords = missingWords
        self.fields = fields
    }

    /// The field to name as `matched_on`.
    package var matchedOn: SearchField { fields.first ?? .description }
}

extension String {
    /// Gives the longest beginning of at most `limit` UTF-8 bytes that does not cut a scalar.
    fileprivate func prefix(bytes limit: Int) -> String {
        guard utf8.count > limit else { return self }
        var end = utf8.index(utf8.startIndex, offsetBy: limit)
        while UTF8.isContinuation(utf8[end]) { end = utf8.index(before: end) }
        return String(self[..<end])
    }
}
