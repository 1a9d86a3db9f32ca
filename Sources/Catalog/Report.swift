import Identity
import JSON
import Postgres
import Tools

/// Figures that one statement computes, with the words that say how.
///
/// Money is never added up across currencies: each figure of money is a list with an element for each currency, in order
/// of their codes, in whole minor units.
struct Report: Sendable {
    /// A member of the result: an expression of JSON over the report's tables.
    struct Figure: Sendable {
        let name: String
        let json: SQL

        init(_ name: String, _ json: SQL) {
            self.name = name
            self.json = json
        }
    }

    /// Something that a call names and that must be there.
    struct Named: Sendable {
        /// The argument.
        let name: String
        let exists: SQL
        let problem: String
    }

    /// What stands behind `WITH`.
    let tables: SQL
    let figures: [Figure]
    var named: [Named] = []
    /// How to read the figures, by subject.
    let definitions: KeyValuePairs<String, String>
    /// Where the figures name what outsiders gave a name.
    var untrusted: [UntrustedPath] = []

    /// The result: an object with the figures and their definitions.
    var read: Read {
        var statement: SQL = "WITH \(tables) SELECT "
        for (position, figure) in figures.enumerated() {
            statement += position == 0 ? figure.json : ", \(figure.json)"
        }
        let checks = named.map { named -> SQL in "SELECT EXISTS (\(named.exists))" }
        return Read([statement] + checks) { (results, _) throws(ToolError) in
            let problems = zip(named, results.dropFirst()).filter { $1.bool(0, 0) != true }.map { named, _ in
                ToolError.Problem(named.name, named.problem)
            }
            guard problems.isEmpty else { throw ToolError(problems: problems) }
            var writer = JSONWriter()
            writer.beginObject()
            for (column, figure) in figures.enumerated() {
                writer.key(figure.name)
                writer.write(raw: results[0].bytes(0, column) ?? Array("null".utf8))
            }
            writer.write("definitions", .object(definitions.map { JSONMember($0.key, .string($0.value)) }))
            writer.endObject()
            return ToolAnswer(RawJSON(writer.bytes), untrusted: untrusted)
        }
    }

    /// The schema of a result.
    ///
    /// - Parameters:
    ///   - lists: The members that are arrays.
    ///   - objects: The members that are objects.
    static func schema(lists: [String], objects: [String]) -> JSONValue {
        let members =
            lists.map { JSONMember($0, ["type": "array", "items": ["type": "object"]]) }
            + objects.map { JSONMember($0, ["type": "object"]) }
        return ["type": "object", "properties": .object(members)]
    }

    /// An array with an element for each row of a query.
    ///
    /// - Parameter rows: A query with one column of JSON, in order.
    static func list(_ rows: SQL) -> SQL { "array_to_json(ARRAY(\(rows)))" }

    /// How large a part is of a whole, to four digits; `NULL` of nothing.
    static func share(_ part: String, of whole: String) -> SQL {
        "round((\(verbatim: part))::numeric / nullif((\(verbatim: whole))::numeric, 0), 4)"
    }
}

extension Report.Named {
    /// The member that an argument names; `nil` if the call does not give it.
    static func member(_ name: String, _ call: ToolCall) -> Report.Named? {
        guard let member = call.arguments.member(name) else { return nil }
        return Report.Named(
            name: name,
            exists: """
                SELECT FROM members AS m
                WHERE m.workspace_id = \(call.workspace) AND m.id = \(member.key(in: call.workspace))
                """,
            problem: "`\(name)` names no member here, or `me` where nobody stands behind the token.")
    }

    /// The company that an argument names; `nil` if the call does not give it.
    static func company(_ name: String, _ call: ToolCall) -> Report.Named? {
        guard let company = call.arguments.row(name) else { return nil }
        return Report.Named(
            name: name,
            exists: """
                SELECT FROM companies AS c
                WHERE c.workspace_id = \(call.workspace) AND c.id = \(company)::uuid AND c.deleted_at IS NULL
                """,
            problem: "`\(name)` names no company here; take the id from list_companies or another result.")
    }
}
