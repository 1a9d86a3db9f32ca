/// Where in a task a query was found, as the answer's `matched_on` says it; the most telling first.
package enum SearchField: String, Sendable, CaseIterable, Comparable {
    case number
    case email
    case phone
    case customerName = "customer_name"
    case company
    case title
    case labels
    case description
    case answers

    /// Orders fields by how much a match in them says.
    package static func < (left: SearchField, right: SearchField) -> Bool {
        left.position < right.position
    }

    /// How a match of words in the field ranks.
    package var evidence: Evidence {
        switch self {
        case .number: .exactNumber
        case .email, .phone: .exactContact
        case .customerName, .company: .namePrefix
        case .title: .title
        case .labels, .description, .answers: .body
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
    /// The names of its customer and of the customer's people.
    package var customerNames: [String]
    /// The companies it belongs to.
    package var companies: [String]
    /// Phone numbers as they were entered.
    package var phones: [String]
    /// E-mail addresses as they were entered.
    package var emails: [String]
    /// The names of its labels.
    package var labels: [String]
    /// What customers filled in.
    package var answers: [String]

    /// Takes what is known; the rest is empty.
    package init(
        number: Int64? = nil,
        title: String = "",
        description: String = "",
        customerNames: [String] = [],
        companies: [String] = [],
        phones: [String] = [],
        emails: [String] = [],
        labels: [String] = [],
        answers: [String] = []
    ) {
        self.number = number
        self.title = title
        self.description = description
        self.customerNames = customerNames
        self.companies = companies
        self.phones = phones
        self.emails = emails
        self.labels = labels
        self.answers = answers
    }

    /// The texts of a field; none for the number.
    package func texts(of field: SearchField) -> [String] {
        switch field {
        case .number: []
        case .email: emails
        case .phone: phones
        case .customerName: customerNames
        case .company: companies
        case .title: [title]
        case .labels: labels
        case .description: [description]
        case .answers: answers
        }
    }

    /// The fields whose words are compared with a query's, the most telling first. An address has words, so that a part of
    /// it is found; phone numbers are compared by their digits only.
    static let wordFields: [SearchField] = [
        .customerName, .company, .title, .email, .labels, .answers, .description,
    ]
}
