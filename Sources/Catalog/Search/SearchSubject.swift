import Matching
import Postgres
import Tools

/// What a search finds: tasks, or the rows of an entity. A search asks all of them in the same way.
///
/// Every statement is over `t`, a row of the table.
protocol SearchSubject: Sendable {
    var workspace: SQL { get }
    /// What the index knows the words of these rows by.
    var keys: SearchKeyMaker { get }
    var table: String { get }
    /// The rows that may be found.
    var condition: SQL { get }
    /// How many rows are looked at for each that is given: more where the condition leaves few of them.
    var isNarrowed: Bool { get }

    /// The call of the function that reads the index, up to its first set of keys.
    var function: String { get }
    /// What the function's columns are called: `id`, `keys` and `layout` among them.
    var functionColumns: String { get }
    /// The index joined to rows `x (id)`, as `k`.
    var index: SQL { get }

    /// Phone numbers and addresses, as `s`, each with the column that says whose they are.
    var phones: OwnedTable { get }
    var emails: OwnedTable { get }
    /// What leads from the key of an owner to rows, from a column on; the condition is a part of it.
    func rows(ofOwner column: String) -> SQL
    /// The owner's key of a row.
    var owner: String { get }

    /// The name that is compared as a whole, and what it needs beside the table.
    var name: (expression: SQL, joins: SQL) { get }
    /// The columns that ``text(_:_:from:)`` reads, and what they need beside the table.
    var texts: (columns: SQL, joins: SQL) { get }
    func text(_ rows: QueryResult, _ row: Int, from column: Int) -> TaskTexts.Row

    /// Where a row as the answer shows it holds text of outsiders.
    var untrusted: [UntrustedPath] { get }
    /// A row by its key as the answer shows it: a value of a statement.
    func item(_ key: SQL) -> SQL
    /// The condition of the row that people know by a number; `nil` if they know none so.
    func numbered(_ number: Int64) -> SQL?
    /// What people put before such a number; `nil` where that is the workspace's prefix of task numbers.
    var numberPrefix: String? { get }

    /// What the answer calls a field.
    func word(for field: SearchField) -> String
    /// What an empty result was looked for by.
    func tried(_ wishes: SearchWishes) -> [String]
    func hint(_ wishes: SearchWishes) -> String
}

/// A table whose rows belong to others.
struct OwnedTable: Sendable {
    let name: String
    /// The column with the owner's key.
    let owner: String
    /// What narrows it, over `s`; empty or beginning with `AND`.
    let condition: SQL
}
