import Identity
import Matching
import Postgres
import Tools

/// The rows of an entity, found by what it says they are found by.
struct RecordSubject: SearchSubject {
    let entity: Entity
    let workspace: SQL
    let keys: SearchKeyMaker
    let condition: SQL
    let isNarrowed: Bool
    private let record: RecordTexts
    private let filters: RowFilters
    private let fields: [String]?

    /// - Parameters:
    ///   - search: What the entity says.
    ///   - fields: What the answer shows of a row; `nil` for all that lists show.
    init(_ entity: Entity, _ search: EntitySearch, _ call: ToolCall, fields: [String]? = nil) {
        self.entity = entity
        self.fields = fields
        workspace = call.workspace
        keys = SearchKeyMaker(workspace: call.credential.workspace.uuid, kind: entity.prefix)
        filters = RowFilters(entity, call)
        condition = filters.condition
        isNarrowed = filters.areGiven
        record = RecordTexts(entity, search)
    }

    var table: String { entity.table }
    var function: String { "search_records_of('\(entity.prefix)', " }
    let functionColumns = "id, keys, layout"
    var index: SQL {
        """
        search_records AS k ON k.workspace_id = \(workspace) AND k.kind = '\(verbatim: entity.prefix)'
            AND k.record_id = x.id
        """
    }

    var phones: OwnedTable { record.phones }
    var emails: OwnedTable { record.emails }
    let owner = "id"

    func rows(ofOwner column: String) -> SQL {
        "JOIN \(verbatim: table) AS t ON \(condition) AND t.id = \(verbatim: column)"
    }

    var name: (expression: SQL, joins: SQL) { ("\(verbatim: record.name)::text", "") }
    var texts: (columns: SQL, joins: SQL) { ("\(verbatim: record.columns)", "") }
    func text(_ rows: QueryResult, _ row: Int, from column: Int) -> TaskTexts.Row {
        record.row(rows, row, from: column)
    }

    var untrusted: [UntrustedPath] { entity.untrusted(isInList: true, fields) }

    func item(_ key: SQL) -> SQL { filters.item(key, fields) }
    func numbered(_ number: Int64) -> SQL? {
        guard let column = entity.number, entity.counting != nil else { return nil }
        return "t.\(verbatim: column) = \(number)::bigint"
    }
    var numberPrefix: String? { entity.counting ?? "" }

    func word(for field: SearchField) -> String { record.word(for: field) }

    func tried(_ wishes: SearchWishes) -> [String] {
        var tried: [String] = []
        for finder in wishes.finders {
            switch finder {
            case .number(let number): if entity.counting != nil { tried.append("\(entity.words) number \(number)") }
            case .digits(_, let number):
                if let number, entity.counting != nil { tried.append("\(entity.words) number \(number)") }
                if record.hasPhones { tried.append(SearchWishes.triedPhones) }
            case .email, .addressPart: if record.hasEmails { tried.append(SearchWishes.triedEmails) }
            }
        }
        if !wishes.texts.isEmpty {
            tried.append("all words, as typed and nearly so, in \(record.fields.joined(separator: ", "))")
        }
        return tried
    }

    func hint(_ wishes: SearchWishes) -> String {
        let plural = entity.plural.split(separator: "_").joined(separator: " ")
        if isNarrowed { return "No \(plural) with these filters match; leave filters out to search all of them." }
        let facts = [record.hasPhones ? "a phone number" : nil, record.hasEmails ? "an e-mail address" : nil]
        let such = facts.compactMap(\.self).joined(separator: " or ")
        return "No \(plural) of this workspace match. Ask for another fact\(such.isEmpty ? "" : ", such as \(such)")."
    }
}
