package import Identity

/// A text that people start from: it asks the model for a piece of work and says with which tools to do it.
///
/// It is there exactly for those who have these tools.
package struct Prompt: Sendable {
    /// Something that a person fills in. Values arrive as text, whatever their kind.
    package struct Argument: Sendable {
        package let parameter: Parameter
        /// What people call it.
        package let title: String
        /// How a value may go on, if that can be told.
        package let suggestions: Suggestions?

        package init(_ parameter: Parameter, title: String, suggestions: Suggestions? = nil) {
            self.parameter = parameter
            self.title = title
            self.suggestions = suggestions
        }
    }

    package let name: String
    package let title: String
    package let description: String
    package let arguments: [Argument]
    /// The tools that the text names.
    package let tools: [String]
    /// The text, filled in for a caller.
    package let text: @Sendable (Arguments, Principal) -> String

    package init(
        name: String,
        title: String,
        description: String,
        arguments: [Argument] = [],
        tools: [String],
        text: @escaping @Sendable (Arguments, Principal) -> String
    ) {
        self.name = name
        self.title = title
        self.description = description
        self.arguments = arguments
        self.tools = tools
        self.text = text
    }
}
