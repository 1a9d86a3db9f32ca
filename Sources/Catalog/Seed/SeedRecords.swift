import JSON
import Matching

/// A customer that the generator made.
struct SeedCustomer: Sendable {
    var id: String
    var externalID: String
    var given: String
    var family: String
    var email: String?
    var phone: String?
    var mobile: String?
    var company: SeedCompany?
    var city: String
    var createdAt: Int64

    var name: String { "\(given) \(family)" }
    var phones: [String] { [phone, mobile].compactMap { $0 } }
}

/// A company that the generator made.
struct SeedCompany: Sendable {
    let id: String
    let name: String
    let createdAt: Int64
}

/// A task that the generator made, with its comments.
struct SeedTask: Sendable {
    var id: String
    var number: Int
    var title: String
    var description: String
    var status: SeedStatus
    var priority: String
    var customer: SeedCustomer?
    var isPublic: Bool
    var startDate: Int64?
    var dueDate: Int64?
    var completedAt: Int64?
    var progress: Int
    var answers: [(key: String, value: String)]
    var source: String
    var labels: [String]
    /// Positions in the list of members.
    var assignees: [Int]
    var comments: [SeedComment]
    var createdAt: Int64
    var updatedAt: Int64

    var answersJSON: String {
        RawJSON(.object(answers.map { JSONMember($0.key, .string($0.value)) })).text
    }

    /// What a search finds of it.
    var document: SearchDocument {
        SearchDocument(
            number: Int64(number),
            title: title,
            description: description,
            customerNames: customer.map { [$0.name] } ?? [],
            companies: (customer?.company).map { [$0.name] } ?? [],
            cities: (customer?.city).map { [$0] } ?? [],
            phones: customer?.phones ?? [],
            emails: (customer?.email).map { [$0] } ?? [],
            labels: labels,
            answers: answers.map(\.value),
            comments: comments.map(\.body)
        )
    }
}

/// The categories of states.
enum SeedStatus: String, Sendable, CaseIterable {
    case open
    case inProgress = "in_progress"
    case waiting
    case done
    case cancelled

    var isOpen: Bool { self == .open || self == .inProgress || self == .waiting }

    /// Three in ten tasks are not finished, as in a business of some years.
    static func pick(_ random: inout SeedRandom) -> SeedStatus {
        switch random.below(100) {
        case 0..<14: .open
        case 14..<23: .inProgress
        case 23..<30: .waiting
        case 30..<94: .done
        default: .cancelled
        }
    }
}

/// A comment that the generator made.
struct SeedComment: Sendable {
    let id: String
    let body: String
    let isPublic: Bool
    /// The position in the list of members, or `nil` for the customer.
    let member: Int?
    let at: Int64
}

/// Text as the search compares it.
enum SeedText {
    static func folded(_ text: String) -> String { Folding.fold(text) }
}
