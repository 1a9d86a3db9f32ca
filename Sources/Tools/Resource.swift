package import MCP
package import Postgres

/// Something to read at an address, or at all addresses of a pattern: what tools tell, for people who pick it from a list
/// and for clients that watch it.
///
/// A resource is there exactly for those who have the tools that feed it, and under the same limits.
package struct Resource: Sendable {
    /// What a variable of a pattern may stand for.
    package enum Variable: Sendable {
        /// Anything; values are suggested.
        case open(Suggestions)
        /// One of a few words, each of which is listed as a resource of its own.
        case closed([Choice])
    }

    /// A word that a variable may stand for.
    package struct Choice: Sendable {
        package let word: String
        package let title: String
        package let description: String
        /// The tools that feed the resource with this word, beside those that feed all.
        package let tools: [String]

        package init(_ word: String, title: String, description: String, tools: [String]) {
            self.word = word
            self.title = title
            self.description = description
            self.tools = tools
        }
    }

    /// The address, or its pattern with at most one variable, such as `task://{number}`.
    package let uri: String
    package let name: String
    package let title: String
    package let description: String
    /// Who it is for.
    package let annotations: Annotations
    /// How long a client may keep what it read.
    package let ttl: Duration
    /// The tools that feed it.
    package let tools: [String]
    /// What the variable of the pattern may stand for.
    package let variable: Variable?
    /// The statements for a value of the variable, as it stands in the address, in a workspace; `nil` if the value names
    /// nothing that could be.
    package let read: @Sendable (_ value: String, _ workspace: SQL) -> Read?

    private let pattern: URITemplate

    package init(
        _ uri: String,
        name: String,
        title: String,
        description: String,
        annotations: Annotations = Annotations(),
        ttl: Duration = .zero,
        tools: [String],
        variable: Variable? = nil,
        read: @escaping @Sendable (_ value: String, _ workspace: SQL) -> Read?
    ) {
        guard let pattern = URITemplate(uri), pattern.variables.count == (variable == nil ? 0 : 1) else {
            preconditionFailure("\(uri) is an address with one variable, or with none.")
        }
        self.uri = uri
        self.name = name
        self.title = title
        self.description = description
        self.annotations = annotations
        self.ttl = ttl
        self.tools = tools
        self.variable = variable
        self.read = read
        self.pattern = pattern
    }

    /// The name of the variable.
    var variableName: String? { pattern.variables.first }

    /// The value that gives an address, empty for the only address; `nil` if this is not its resource.
    func value(in address: String) -> String? {
        pattern.match(address).map { values in variableName.flatMap { values[$0] } ?? "" }
    }

    /// The tools that feed the resource with a value; `nil` if there is none with it.
    func tools(for value: String) -> [String]? {
        guard case .closed(let choices) = variable else { return tools }
        return choices.first { $0.word == value }.map { tools + $0.tools }
    }
}
