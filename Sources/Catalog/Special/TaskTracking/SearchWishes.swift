import Matching
import Tools

/// What a caller searches for: free text and named facts.
struct SearchWishes: Sendable {
    let query: String?
    let customerName: String?
    let phone: String?
    let email: String?
    let taskNumber: Int64?
    let status: String?

    init(_ arguments: Arguments) throws(ToolError) {
        query = arguments.text("query")
        customerName = arguments.text("customerName")
        phone = arguments.text("phone")
        email = arguments.text("email")
        taskNumber = arguments.integer("taskNumber")
        status = arguments.text("status")
        let problems = SearchWishes.problems(query, customerName, phone, email, taskNumber)
        guard problems.isEmpty else { throw ToolError(problems: problems) }
    }

    /// Reads the wishes under a workspace's country and number prefix.
    func matcher(country: String?, numberPrefix: String) -> SearchMatcher {
        let country = country.flatMap { PhoneCountry($0) }
        return SearchMatcher(
            query: query.map { SearchQuery($0, numberPrefix: numberPrefix, country: country) },
            wishes: self,
            country: country
        )
    }

    private static func problems(
        _ query: String?,
        _ customerName: String?,
        _ phone: String?,
        _ email: String?,
        _ taskNumber: Int64?
    ) -> [ToolError.Problem] {
        var problems: [ToolError.Problem] = []
        if query == nil, customerName == nil, phone == nil, email == nil, taskNumber == nil {
            let accepted = "`query`, `customerName`, `phone`, `email` or `taskNumber`"
            problems.append(.init("query", "Give at least one of \(accepted)."))
        }
        if let query, !isSearchable(query) {
            problems.append(
                .init(
                    "query", "`query` holds too little to search for; it needs two letters, or a number, of something.")
            )
        }
        if let customerName, Folding.words(customerName).allSatisfy({ $0.count < 2 }) {
            problems.append(.init("customerName", "`customerName` needs a word of at least two letters."))
        }
        if let phone, PhoneDigits(phone).digits.utf8.count < PhoneDigits.minQueryDigits {
            problems.append(.init("phone", "`phone` needs at least 5 digits; a task's number goes into `taskNumber`."))
        }
        if let email, EmailQuery(email) == nil, !isLocalPart(email) {
            problems.append(
                .init("email", "`email` can be an address, the part before the @, or @ and a domain.")
            )
        }
        return problems
    }

    /// Whether a look-up of the text is bounded: a number, an address, or a word of two letters.
    private static func isSearchable(_ text: String) -> Bool {
        let query = SearchQuery(text)
        if query.number != nil || query.phone != nil || query.email != nil { return true }
        return query.wordMatch.words.contains { $0.count >= 2 || $0.unicodeScalars.contains { $0.value > 0x2E7F } }
    }

    private static func isLocalPart(_ text: String) -> Bool {
        !text.contains("@") && !text.contains(" ") && Folding.words(text).contains { $0.count >= 2 }
    }
}

/// The wishes as the matcher compares them with a task.
struct SearchMatcher {
    let query: SearchQuery?
    let wishes: SearchWishes
    let country: PhoneCountry?

    /// The words of the query and of the name, for excerpts.
    var words: [String] { (query?.wordMatch.words ?? []) + Folding.words(wishes.customerName ?? "") }

    /// Whether any of the query's words will do when no task has all. Named facts are never relaxed.
    var mayRelax: Bool { query?.mayRelax ?? false }

    /// Compares a task; every wish must hold.
    func match(_ document: SearchDocument, isRelaxed: Bool) -> SearchHit? {
        var fields: [SearchField] = []
        if let number = wishes.taskNumber {
            guard document.number == number else { return nil }
            fields.append(.number)
        }
        if let email = wishes.email {
            guard matches(email, document.emails) else { return nil }
            fields.append(.email)
        }
        if let phone = wishes.phone {
            let typed = PhoneDigits(phone)
            guard document.phones.contains(where: { PhoneDigits($0).matches(typed, country: country) }) else {
                return nil
            }
            fields.append(.phone)
        }
        if let name = wishes.customerName {
            let words = (document.customerNames + document.companies).flatMap(Folding.words)
            guard WordMatch(name).matchesAll(in: words) else { return nil }
            fields.append(.customerName)
        }
        guard let query else {
            return fields.first.map { SearchHit(evidence: $0.evidence, missingWords: 0, fields: fields) }
        }
        guard let hit = query.match(document, relaxed: isRelaxed) else { return nil }
        guard let first = fields.first, first.evidence < hit.evidence else { return hit }
        return SearchHit(evidence: first.evidence, missingWords: hit.missingWords, fields: fields + hit.fields)
    }

    private func matches(_ email: String, _ stored: [String]) -> Bool {
        let addresses = stored.compactMap { EmailAddress($0) }
        if let query = EmailQuery(email) { return addresses.contains(where: query.matches) }
        return addresses.contains { $0.local == Folding.fold(email) }
    }

    /// What an empty result was looked for by.
    var tried: [String] {
        var tried: [String] = []
        if let number = query?.number { tried.append("task number \(number.number)") }
        if let number = wishes.taskNumber { tried.append("task number \(number)") }
        if query?.phone != nil || wishes.phone != nil { tried.append("phone numbers that end in these digits") }
        if query?.email != nil || wishes.email != nil { tried.append("e-mail addresses") }
        if wishes.customerName != nil { tried.append("names of customers and companies") }
        if let words = query?.wordMatch.words, !words.isEmpty {
            tried.append("all words, as beginnings of words of a task, its customer and its answers")
            if mayRelax { tried.append("any of the words") }
        }
        return tried
    }
}
