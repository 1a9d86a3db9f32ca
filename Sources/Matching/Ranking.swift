/// Kinds of matches, the best first.
package enum Evidence: Int, Sendable, Comparable, CaseIterable {
    /// The task's number.
    case exactNumber
    /// An e-mail address or a phone number.
    case exactContact
    /// Words of the customer's or company's name.
    case namePrefix
    /// Words of the title.
    case title
    /// Words of anything else, or of several fields together.
    case body

    /// Orders the best first.
    package static func < (left: Evidence, right: Evidence) -> Bool {
        left.rawValue < right.rawValue
    }
}

/// The place of one task among the results of a query. No two tasks have equal keys, so the order is the same on every
/// page and whatever order the candidates came in.
package struct RankKey: Sendable, Hashable, Comparable {
    /// How many words of the query are missing; fewer is better.
    package let missingWords: Int
    /// The kind of match.
    package let evidence: Evidence
    /// Open tasks come before closed ones.
    package let isOpen: Bool
    /// When the task was made, in microseconds since 1970; newer is better.
    package let createdAt: Int64
    /// The task's id, which breaks ties.
    package let id: String

    /// Takes a hit and the facts of its task.
    package init(_ hit: SearchHit, isOpen: Bool, createdAt: Int64, id: String) {
        self.init(
            missingWords: hit.missingWords, evidence: hit.evidence, isOpen: isOpen, createdAt: createdAt, id: id
        )
    }

    private init(missingWords: Int, evidence: Evidence, isOpen: Bool, createdAt: Int64, id: String) {
        self.missingWords = missingWords
        self.evidence = evidence
        self.isOpen = isOpen
        self.createdAt = createdAt
        self.id = id
    }

    /// Orders the better result first.
    package static func < (left: RankKey, right: RankKey) -> Bool {
        if left.missingWords != right.missingWords { return left.missingWords < right.missingWords }
        if left.evidence != right.evidence { return left.evidence < right.evidence }
        if left.isOpen != right.isOpen { return left.isOpen }
        if left.createdAt != right.createdAt { return left.createdAt > right.createdAt }
        return left.id < right.id
    }
}

extension RankKey {
    /// The key as text, for a cursor.
    package var text: String {
        "\(missingWords).\(evidence.rawValue).\(isOpen ? 1 : 0).\(createdAt).\(id)"
    }

    /// Reads what ``text`` wrote; `nil` for anything else.
    package init?(text: String) {
        let parts = text.split(separator: ".", maxSplits: 4, omittingEmptySubsequences: false)
        guard parts.count == 5, let missingWords = Int(parts[0]), let rank = Int(parts[1]),
            let evidence = Evidence(rawValue: rank), parts[2] == "0" || parts[2] == "1",
            let createdAt = Int64(parts[3])
        else { return nil }
        self.init(
            missingWords: missingWords, evidence: evidence, isOpen: parts[2] == "1", createdAt: createdAt,
            id: String(parts[4])
        )
    }
}

/// The order of results.
package enum Ranking {
    /// Puts results in order and gives one page of them.
    ///
    /// - Parameters:
    ///   - results: All results, in any order; of several with one key the first is kept.
    ///   - cursor: The key of the last result of the page before; `nil` for the first page.
    ///   - limit: How many results a page has.
    ///   - key: Gives the key of a result.
    package static func page<Result>(
        of results: [Result], after cursor: RankKey? = nil, limit: Int = .max, key: (Result) -> RankKey
    ) -> [Result] {
        var known: Set<RankKey> = []
        let keyed = results.map { (key: key($0), result: $0) }
            .filter { entry in cursor.map { $0 < entry.key } ?? true }
            .filter { known.insert($0.key).inserted }
        return keyed.sorted { $0.key < $1.key }.prefix(max(0, limit)).map(\.result)
    }
}
