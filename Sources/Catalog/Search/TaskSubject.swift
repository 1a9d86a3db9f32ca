import Identity
import Matching
import Postgres
import Tools

/// Tasks, found by their own texts and by their customers.
struct TaskSubject: SearchSubject {
    let workspace: SQL
    let keys: SearchKeyMaker
    private let status: SQL
    private let fields: [String]?

    /// - Parameter fields: What the answer shows of a task; `nil` for everything.
    init(_ call: ToolCall, status: String? = nil, fields: [String]? = nil) {
        workspace = call.workspace
        keys = SearchKeyMaker(workspace: call.credential.workspace.uuid)
        isNarrowed = status != nil
        self.status = status.map { "AND t.status = \($0)" } ?? ""
        self.fields = fields
    }

    let table = "tasks"
    var condition: SQL { "t.workspace_id = \(workspace) AND t.deleted_at IS NULL \(status)" }
    let isNarrowed: Bool

    let function = "search_tasks("
    let functionColumns = "id, part, keys, layout"
    var index: SQL { "search_documents AS k ON k.workspace_id = \(workspace) AND k.task_id = x.id" }

    let phones = OwnedTable(name: "search_phones", owner: "contact_id", condition: "")
    let emails = OwnedTable(name: "search_emails", owner: "contact_id", condition: "")
    let owner = "customer_id"

    /// The newest tasks of a customer.
    func rows(ofOwner column: String) -> SQL {
        """
        CROSS JOIN LATERAL (
            SELECT u.id, u.created_at FROM tasks AS u
            WHERE u.workspace_id = \(workspace) AND u.customer_id = \(verbatim: column) AND u.deleted_at IS NULL
            ORDER BY u.updated_at DESC LIMIT 100
        ) AS v
        JOIN tasks AS t ON t.workspace_id = \(workspace) AND t.id = v.id \(status)
        """
    }

    var name: (expression: SQL, joins: SQL) {
        ("c.display_name", "JOIN contacts AS c ON c.workspace_id = \(workspace) AND c.id = t.customer_id")
    }

    var texts: (columns: SQL, joins: SQL) { (TaskTexts.columns, TaskTexts.joins) }
    func text(_ rows: QueryResult, _ row: Int, from column: Int) -> TaskTexts.Row {
        TaskTexts.row(rows, row, from: column)
    }

    var untrusted: [UntrustedPath] { TaskItem.untrusted }

    func item(_ key: SQL) -> SQL {
        """
        (SELECT row_to_json(i) FROM (
            SELECT \(TaskItem.columns(of: fields)) FROM tasks AS t \(TaskItem.joins(of: fields))
            WHERE t.workspace_id = \(workspace) AND t.id = \(key) AND t.deleted_at IS NULL
        ) AS i)
        """
    }

    func numbered(_ number: Int64) -> SQL? { "t.number = \(number)::bigint" }
    var numberPrefix: String? { nil }

    func word(for field: SearchField) -> String { field.rawValue }

    func tried(_ wishes: SearchWishes) -> [String] {
        var tried: [String] = []
        for finder in wishes.finders {
            switch finder {
            case .number(let number): tried.append("task number \(number)")
            case .digits(_, let number):
                if let number { tried.append("task number \(number)") }
                tried.append(SearchWishes.triedPhones)
            case .email, .addressPart: tried.append(SearchWishes.triedEmails)
            }
        }
        if wishes.texts.contains(where: { !$0.isName }) {
            tried.append("all words, as typed and nearly so, in names, titles, descriptions, answers and comments")
        }
        if wishes.texts.contains(where: \.isName) {
            tried.append("names of customers and companies, as typed and nearly so")
        }
        return tried
    }

    func hint(_ wishes: SearchWishes) -> String {
        if wishes.status != nil { return "Nothing with this status matches; leave `status` out to search all tasks." }
        return
            "No task of this workspace matches. Ask for another fact: a phone number, an e-mail address, a task number."
    }
}
