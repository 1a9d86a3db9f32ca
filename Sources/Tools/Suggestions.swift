package import JSON
package import Postgres

/// How a value that somebody has begun to type may go on.
package struct Suggestions: Sendable {
    /// What one request asks of the database, and what is made of the rows.
    package struct Lookup: Sendable {
        package let statements: [SQL]
        /// From the rows, one result for each statement, to the values, best first.
        package let values: @Sendable ([QueryResult]) -> [String]
        /// What is asked where no row gave a value.
        package let search: Search?

        package init(
            _ statements: [SQL], or search: Search? = nil, values: @escaping @Sendable ([QueryResult]) -> [String]
        ) {
            self.statements = statements
            self.search = search
            self.values = values
        }
    }

    /// A call of a tool that finds what was meant where nothing goes on as it was typed. The tool must be one of those
    /// that show such values.
    package struct Search: Sendable {
        package let tool: String
        package let arguments: JSONValue
        /// The value of a row that was found.
        package let value: @Sendable (JSONNode) -> String?

        package init(
            _ tool: String, _ arguments: JSONValue, value: @escaping @Sendable (JSONNode) -> String?
        ) {
            self.tool = tool
            self.arguments = arguments
            self.value = value
        }
    }

    /// How many values an answer has at most; one more is looked up, to tell whether there are more.
    package static let count = 100

    /// The tools that show such values; nothing is suggested to a caller who lacks one of them.
    package let tools: [String]
    /// The look-up for what was typed so far, in a workspace. It is bounded, whatever was typed.
    package let lookup: @Sendable (_ typed: String, _ workspace: SQL) -> Lookup

    package init(
        showing tools: [String],
        lookup: @escaping @Sendable (_ typed: String, _ workspace: SQL) -> Lookup
    ) {
        self.tools = tools
        self.lookup = lookup
    }

    /// Suggests from a few words that are the same for everybody, in their order.
    package static func words(_ words: [String]) -> Suggestions {
        Suggestions(showing: []) { typed, _ in
            let typed = typed.lowercased()
            return Lookup([]) { _ in words.filter { $0.lowercased().hasPrefix(typed) } }
        }
    }
}
