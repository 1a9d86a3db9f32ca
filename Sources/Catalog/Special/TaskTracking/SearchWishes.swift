import Matching
import Tools

/// What a caller searches for: free text and named facts.
struct SearchWishes: Sendable {
    /// Words that a task must have.
    struct Words: Sendable {
        let words: QueryWords
        /// Whether only names count.
        let isName: Bool
        /// The words as a part of an address, where they may be one.
        var addressPart: String?
    }

    let status: String?
    private let query: String?
    private let read: SearchQuery?
    private let customerName: QueryWords?
    private let phone: PhoneDigits?
    private let email: EmailQuery?
    private let taskNumber: Int64?

    /// Reads the arguments of a search for tasks.
    init(_ arguments: Arguments) throws(ToolError) {
        query = arguments.text("query")
        read = query.map { SearchQuery($0) }
        customerName = arguments.text("customerName").map { QueryWords($0) }
        phone = arguments.text("phone").map { PhoneDigits($0) }
        email = arguments.text("email").flatMap { EmailQuery($0) ?? SearchWishes.local($0) }
        taskNumber = arguments.integer("taskNumber")
        status = arguments.text("status")
        let problems = SearchWishes.problems(arguments, read, customerName, phone, email)
        guard problems.isEmpty else { throw ToolError(problems: problems) }
    }

    /// Takes one text that may be anything.
    init(query text: String) throws(ToolError) {
        query = text
        read = SearchQuery(text)
        (customerName, phone, email, taskNumber, status) = (nil, nil, nil, nil, nil)
        if case .nothing = read { throw ToolError(problems: [Self.tooLittle]) }
    }

    /// Takes a name, of which all words count.
    init(name: String) {
        query = nil
        read = nil
        customerName = QueryWords(name)
        (phone, email, taskNumber, status) = (nil, nil, nil, nil)
    }

    private static let tooLittle = ToolError.Problem(
        "query", "`query` holds too little to search for; it needs two letters, or a number, of something.")

    private static func problems(
        _ arguments: Arguments,
        _ query: SearchQuery?,
        _ customerName: QueryWords?,
        _ phone: PhoneDigits?,
        _ email: EmailQuery?
    ) -> [ToolError.Problem] {
        var problems: [ToolError.Problem] = []
        let emailText = arguments.text("email")
        if query == nil, customerName == nil, phone == nil, emailText == nil, arguments.integer("taskNumber") == nil {
            let accepted = "`query`, `customerName`, `phone`, `email` or `taskNumber`"
            problems.append(.init("query", "Give at least one of \(accepted)."))
        }
        if case .nothing = query { problems.append(tooLittle) }
        if let customerName, customerName.isEmpty {
            problems.append(.init("customerName", "`customerName` needs a word of at least two letters."))
        }
        if let phone, phone.digits.utf8.count < PhoneSearch.minDigits {
            problems.append(.init("phone", "`phone` needs at least 4 digits; a task's number goes into `taskNumber`."))
        }
        if emailText != nil, email == nil {
            problems.append(.init("email", "`email` can be an address, the part before the @, or @ and a domain."))
        }
        return problems
    }

    private static func local(_ text: String) -> EmailQuery? {
        let folded = Folding.fold(text)
        guard !text.contains("@"), !text.contains(" "), Folding.words(text).contains(where: { $0.count >= 2 }) else {
            return nil
        }
        return .local(folded)
    }

    /// The facts by which tasks are found; all must hold.
    var finders: [Finder] {
        var finders: [Finder] = []
        if let taskNumber { finders.append(.number(taskNumber)) }
        switch read {
        case .number(let number): finders.append(.number(number))
        case .digits(let digits, let number): finders.append(.digits(digits, number: number))
        case .email(let email): finders.append(.email(email))
        case .words, .nothing, nil: break
        }
        if let phone { finders.append(.digits(phone, number: nil)) }
        if let email { finders.append(.email(email)) }
        return finders
    }

    /// The words that must be found beside them.
    var texts: [Words] {
        var texts: [Words] = []
        if case .words(let words, let part) = read {
            texts.append(Words(words: words, isName: false, addressPart: part))
        }
        if let customerName { texts.append(Words(words: customerName, isName: true)) }
        return texts
    }

    /// The number that the query names if the letters before it are the workspace's prefix.
    var prefixedNumber: Int64? {
        guard let query, case .words = read else { return nil }
        let letters = String(query.drop { $0.isWhitespace }.prefix { !$0.isNumber })
        return NumberMatch(query, prefix: letters)?.number
    }

    /// Whether the query is a task number under a workspace's prefix.
    func isNumber(underPrefix prefix: String) -> Bool {
        guard let query, !prefix.isEmpty else { return false }
        return NumberMatch(query, prefix: prefix)?.isExplicit ?? false
    }

    /// Whether words of the query were left out.
    var isCut: Bool { texts.contains { $0.words.isCut } }

    /// What is told of a search for digits, and for addresses, that found nothing.
    static let triedPhones = "phone numbers that are, end in or begin with these digits, or differ in one digit"
    static let triedEmails = "e-mail addresses, as typed and with a typing error or two"
}
