/// Where in a task a query was found, as the answer's `matched_on` says it; the most telling first.
package enum SearchField: String, Sendable, CaseIterable, Comparable {
    case number
    case email
    case phone
    case customerName = "customer_name"
    case company
    case title
    case city
    case labels
    case description
    case answers
    case comments

    /// Orders fields by how much a match in them says.
    package static func < (left: SearchField, right: SearchField) -> Bool { left.position < right.position }

    /// What the words of the field are to the index; `nil` for what has no words.
    package var section: WordSection? {
        switch self {
        case .number, .email, .phone: nil
        case .customerName, .company, .city: .name
        case .title, .labels, .description, .answers, .comments: .text
        }
    }

    /// How much a word found here counts.
    var weight: Float {
        switch self {
        case .number, .email, .phone, .customerName: 1
        case .company: 0.97
        case .title: 0.93
        case .city, .labels, .description, .answers, .comments: 0.9
        }
    }

    private var position: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}

/// What a search can find of one task, as it is stored.
package struct SearchDocument: Sendable {
    /// The task's number.
    package var number: Int64?
    /// The task's title.
    package var title: String
    /// The task's description.
    package var description: String
    /// The name of its customer.
    package var customerNames: [String]
    /// The companies it belongs to.
    package var companies: [String]
    /// Where its customer lives.
    package var cities: [String]
    /// Phone numbers as they were entered.
    package var phones: [String]
    /// E-mail addresses as they were entered.
    package var emails: [String]
    /// The names of its labels.
    package var labels: [String]
    /// What customers filled in.
    package var answers: [String]
    /// What was written about it, the oldest first.
    package var comments: [String]

    /// Takes what is known; the rest is empty.
    package init(
        number: Int64? = nil,
        title: String = "",
        description: String = "",
        customerNames: [String] = [],
        companies: [String] = [],
        cities: [String] = [],
        phones: [String] = [],
        emails: [String] = [],
        labels: [String] = [],
        answers: [String] = [],
        comments: [String] = []
    ) {
        self.number = number
        self.title = title
        self.description = description
        self.customerNames = customerNames
        self.companies = companies
        self.cities = cities
        self.phones = phones
        self.emails = emails
        self.labels = labels
        self.answers = answers
        self.comments = comments
    }

    /// The texts of a field; none for the number.
    package func texts(of field: SearchField) -> [String] {
        switch field {
        case .number: []
        case .email: emails
        case .phone: phones
        case .customerName: customerNames
        case .company: companies
        case .city: cities
        case .title: [title]
        case .labels: labels
        case .description: [description]
        case .answers: answers
        case .comments: comments
        }
    }

    /// The fields whose words are compared with a query's, the most telling first.
    static let wordFields: [SearchField] = [
        .customerName, .company, .title, .city, .labels, .answers, .description, .comments,
    ]
}
