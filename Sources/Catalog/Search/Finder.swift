import Matching
import Postgres

/// A fact by which tasks are found exactly, or nearly so: a number, digits, an address.
enum Finder: Sendable {
    case number(Int64)
    /// Digits of a phone number, and the task number that they may be.
    case digits(PhoneDigits, number: Int64?)
    case email(EmailQuery)
    /// The beginning of an address, or a domain, that was typed without an `@`.
    case addressPart(String)

    /// The statements to begin with.
    func statements(_ tables: SearchTables) -> [SQL] {
        switch self {
        case .number(let number): [tables.numbered(number)]
        case .digits(let typed, let number):
            [number.map(tables.numbered), called(typed, tables)].compactMap { $0 }
        case .email(.address(let address)):
            [tables.addressed("s.local = \(address.local) AND s.domain = \(address.domain)")]
        case .email(.domain(let domain)): [tables.addressed("s.domain = \(domain)")]
        case .email(.local(let local)): [tables.addressed("s.local = \(local)")]
        case .addressPart(let part):
            [
                tables.addressed("s.local >= \(part) AND s.local < \(part + "\u{10FFFD}")"),
                tables.addressed("s.domain = \(part)"),
            ]
        }
    }

    private func called(_ typed: PhoneDigits, _ tables: SearchTables) -> SQL {
        let search = PhoneSearch(typed)
        return tables.called(endings: search.endings, beginnings: search.beginnings)
    }

    /// The tasks that the rows of ``statements(_:)`` offer and that agree with the fact.
    func found(_ results: ArraySlice<QueryResult>, country: PhoneCountry?) -> [FoundRow] {
        guard let first = results.first else { return [] }
        switch self {
        case .number: return Self.numbered(first)
        case .digits(let typed, let number):
            let numbered = number == nil ? [] : Self.numbered(first)
            return numbered + Self.best(called(results.last ?? first, PhoneSearch(typed, country: country)))
        case .email: return Self.addressed(first, score: 1, { _ in true })
        case .addressPart(let part):
            let whole =
                Self.addressed(first, score: 1) { $0.local == part }
                + Self.addressed(results.last ?? first, score: 0.97) { _ in true }
            return whole.isEmpty ? Self.addressed(first, score: 0.9) { _ in true } : whole
        }
    }

    private static func numbered(_ rows: QueryResult) -> [FoundRow] {
        (0..<rows.rowCount).map { row in
            FoundRow(
                id: rows.string(row, 0) ?? "", createdAt: rows.int64(row, 1) ?? 0, score: 2, field: .number,
                certainty: .exact, value: nil, json: rows.bytes(row, 2))
        }
    }

    private func called(_ rows: QueryResult, _ search: PhoneSearch) -> [FoundRow] {
        (0..<rows.rowCount).compactMap { row in
            let phone = StoredDigits(rows, row, 2)
            guard let agreement = search.agreement(digits: phone.digits, national: phone.national) else { return nil }
            return Self.found(
                agreement, phone.stored, id: rows.string(row, 0) ?? "", createdAt: rows.int64(row, 1) ?? 0,
                json: rows.bytes(row, 4))
        }
    }

    /// A task of a customer whose number agrees so.
    static func found(
        _ agreement: PhoneAgreement, _ stored: StoredPhone, id: String, createdAt: Int64, json: [UInt8]? = nil
    ) -> FoundRow {
        let score: Float =
            switch agreement {
            case .whole: 1
            case .ending: 0.9
            case .beginning: 0.85
            case .slip: 0.7
            }
        return FoundRow(
            id: id, createdAt: createdAt, score: score, field: .phone,
            certainty: agreement == .slip ? .similar : .exact, value: agreement == .whole ? nil : stored.digits,
            json: json)
    }

    /// Without parts of numbers where a whole number agrees.
    private static func best(_ found: [FoundRow]) -> [FoundRow] {
        found.contains { $0.score == 1 } ? found.filter { $0.score == 1 } : found
    }

    private static func addressed(
        _ rows: QueryResult, score: Float, _ isMeant: (EmailAddress) -> Bool
    ) -> [FoundRow] {
        (0..<rows.rowCount).compactMap { row in
            let address = EmailAddress(local: rows.string(row, 2) ?? "", domain: rows.string(row, 3) ?? "")
            guard isMeant(address) else { return nil }
            return FoundRow(
                id: rows.string(row, 0) ?? "", createdAt: rows.int64(row, 1) ?? 0, score: score, field: .email,
                certainty: .exact, value: address.whole, json: rows.bytes(row, 4))
        }
    }

    // MARK: Slips

    /// Whether something near may be looked for when nothing agrees.
    var hasSlips: Bool {
        switch self {
        case .digits(let typed, _): typed.digits.utf8.count >= PhoneSearch.minSlip
        case .email(.address): true
        case .number, .email, .addressPart: false
        }
    }

    /// Whether slips are looked for in the dictionary.
    var needsDictionary: Bool {
        if case .email(.address) = self { return true }
        return false
    }

    /// The statement that offers what is near.
    func slipStatement(_ tables: SearchTables, _ dictionary: WordDictionary?) -> SQL? {
        switch self {
        case .digits(let typed, _):
            let slips = PhoneSearch(typed).slips
            return tables.slips(endings: slips.endings, beginnings: slips.beginnings)
        case .email(.address(let address)):
            return tables.addressed("s.squeezed = ANY (\(EmailSearch(address).locals(in: dictionary))::text[])")
        case .number, .email, .addressPart: return nil
        }
    }

    /// Customers whose numbers are near, from the rows of ``slipStatement(_:_:)``.
    func nearCustomers(_ rows: QueryResult, country: PhoneCountry?) -> [String: StoredPhone] {
        guard case .digits(let typed, _) = self else { return [:] }
        let search = PhoneSearch(typed, country: country)
        var customers: [String: StoredPhone] = [:]
        for row in 0..<rows.rowCount {
            let phone = StoredDigits(rows, row, 1)
            let agreement = search.agreement(digits: phone.digits, national: phone.national, allowingSlip: true)
            guard agreement != nil, let id = rows.string(row, 0) else { continue }
            customers[id] = phone.stored
        }
        return customers
    }

    /// Tasks with addresses that are near, the nearest only.
    func nearAddresses(_ rows: QueryResult) -> [FoundRow] {
        guard case .email(.address(let address)) = self else { return [] }
        let search = EmailSearch(address)
        var least = Int.max
        var found: [(errors: Int, task: FoundRow)] = []
        for row in 0..<rows.rowCount {
            let stored = EmailAddress(local: rows.string(row, 2) ?? "", domain: rows.string(row, 3) ?? "")
            guard let errors = search.errors(to: stored) else { continue }
            least = min(least, errors)
            found.append(
                (
                    errors,
                    FoundRow(
                        id: rows.string(row, 0) ?? "", createdAt: rows.int64(row, 1) ?? 0, score: 0.9, field: .email,
                        certainty: .similar, value: stored.whole, json: rows.bytes(row, 4))
                ))
        }
        return found.filter { $0.errors == least }.map(\.task)
    }
}

/// The digits of a number as the index has them: from right to left, and in the next column as they are dialled.
private struct StoredDigits {
    let digits: [UInt8]
    let national: [UInt8]

    init(_ rows: QueryResult, _ row: Int, _ column: Int) {
        var bytes = rows.bytes(row, column) ?? []
        bytes.reverse()
        digits = bytes
        national = rows.bytes(row, column + 1) ?? []
    }

    var stored: StoredPhone {
        StoredPhone(
            digits: String(decoding: digits, as: UTF8.self), national: String(decoding: national, as: UTF8.self))
    }
}
