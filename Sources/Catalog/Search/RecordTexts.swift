import Matching
import Postgres
import Tools

/// The texts of an entity's rows as the index and the matcher read them.
struct RecordTexts: Sendable {
    let entity: Entity
    let search: EntitySearch

    /// - Parameter search: What the entity says.
    init(_ entity: Entity, _ search: EntitySearch) {
        self.entity = entity
        self.search = search
    }

    /// The matcher's field for each role: it compares names as those of a task's customer, and so on.
    private static func field(of role: EntitySearch.Role) -> SearchField {
        switch role {
        case .name: .customerName
        case .organization: .company
        case .title: .title
        case .place: .city
        case .tags: .labels
        case .details: .answers
        case .body: .description
        }
    }

    /// What the answer calls a field.
    func word(for field: SearchField) -> String {
        search.texts.first { Self.field(of: $0.role) == field }?.field ?? field.rawValue
    }

    /// What is searched, as the answer calls it.
    var fields: [String] { search.texts.map(\.field) }
    var hasPhones: Bool { !search.phones.isEmpty }
    var hasEmails: Bool { !search.emails.isEmpty }

    /// The name that is compared as a whole.
    var name: String { search.texts.first { $0.role == .name }?.expression ?? "NULL" }

    /// The columns of ``row(_:_:from:)``, over `t`.
    var columns: String {
        let texts = EntitySearch.Role.allCases.map { role in
            search.texts.first { $0.role == role }.map { "left((\($0.expression))::text, \(Self.characters))" }
                ?? "NULL"
        }
        return "t.id, (extract(epoch FROM t.created_at) * 1e6)::bigint, " + texts.joined(separator: ", ")
    }

    /// How much of a text is searched.
    private static let characters = TaskTexts.descriptionCharacters

    /// Reads a row of ``columns``, the first of which is at a place.
    func row(_ rows: QueryResult, _ row: Int, from first: Int = 0) -> TaskTexts.Row {
        var texts: [EntitySearch.Role: String] = [:]
        for (place, role) in EntitySearch.Role.allCases.enumerated() {
            texts[role] = rows.string(row, first + 2 + place)
        }
        let document = SearchDocument(
            title: texts[.title] ?? "",
            description: texts[.body] ?? "",
            customerNames: texts[.name].map { [$0] } ?? [],
            companies: texts[.organization].map { [$0] } ?? [],
            cities: texts[.place].map { [$0] } ?? [],
            labels: texts[.tags].map { [$0] } ?? [],
            answers: texts[.details].map { [$0] } ?? []
        )
        return TaskTexts.Row(
            id: rows.string(row, first) ?? "", createdAt: rows.int64(row, first + 1) ?? 0, document: document)
    }

    // MARK: Numbers and addresses

    /// Whether numbers and addresses are those by which tasks are found as well.
    private var areCustomers: Bool { entity.name == Entity.contact.name }

    var phones: OwnedTable { table("phones") }
    var emails: OwnedTable { table("emails") }

    private func table(_ contents: String) -> OwnedTable {
        if areCustomers { return OwnedTable(name: "search_\(contents)", owner: "contact_id", condition: "") }
        return OwnedTable(
            name: "search_record_\(contents)", owner: "record_id",
            condition: "AND s.kind = '\(verbatim: entity.prefix)'")
    }

    /// Columns with numbers and addresses that are kept beside the words; none of contacts, whose are kept with what tasks
    /// are found by.
    private var keptPhones: [String] { areCustomers ? [] : search.phones }
    private var keptEmails: [String] { areCustomers ? [] : search.emails }

    /// ``columns``, and behind them those numbers and addresses.
    var indexedColumns: String { columns + (keptPhones + keptEmails).map { ", t.\($0)" }.joined() }
    var phoneColumns: Range<Int> { Self.width..<Self.width + keptPhones.count }
    var emailColumns: Range<Int> { phoneColumns.upperBound..<phoneColumns.upperBound + keptEmails.count }
    var indexedWidth: Int { emailColumns.upperBound }
    private static let width = 2 + EntitySearch.Role.allCases.count
}
