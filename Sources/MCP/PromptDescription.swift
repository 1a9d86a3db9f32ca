package import JSON

/// A text that people start from, as a list shows it.
package struct PromptDescription: Sendable {
    /// Something that a person fills in.
    package struct Argument: Sendable {
        /// The identifier.
        package let name: String
        /// What people call it.
        package let title: String?
        /// What to fill in.
        package let description: String?
        /// Whether the prompt needs it.
        package let isRequired: Bool

        /// Describes an argument.
        package init(_ name: String, title: String? = nil, description: String? = nil, isRequired: Bool = false) {
            self.name = name
            self.title = title
            self.description = description
            self.isRequired = isRequired
        }
    }

    /// The identifier.
    package let name: String
    /// What people call it.
    package let title: String?
    /// What it is for.
    package let description: String?
    /// What a person fills in.
    package let arguments: [Argument]
    /// Pictures for it.
    package var icons: [Icon] = []
    /// Further facts, under prefixed names.
    package var meta: [JSONMember] = []

    /// Describes a prompt.
    package init(name: String, title: String? = nil, description: String? = nil, arguments: [Argument] = []) {
        self.name = name
        self.title = title
        self.description = description
        self.arguments = arguments
    }

    /// The members that clients of a revision know.
    func members(for revision: Revision) -> [JSONMember] {
        var members = [JSONMember("name", .string(name))]
        if revision.has(.titles), let title { members.append(JSONMember("title", .string(title))) }
        if let description { members.append(JSONMember("description", .string(description))) }
        if !arguments.isEmpty {
            members.append(JSONMember("arguments", .array(arguments.map { $0.json(for: revision) })))
        }
        if revision.has(.icons), !icons.isEmpty { members.append(JSONMember("icons", .array(icons.map(\.json)))) }
        if revision.has(.objectMeta), !meta.isEmpty { members.append(JSONMember("_meta", .object(meta))) }
        return members
    }
}

extension PromptDescription.Argument {
    fileprivate func json(for revision: Revision) -> JSONValue {
        var members = [JSONMember("name", .string(name))]
        if revision.has(.titles), let title { members.append(JSONMember("title", .string(title))) }
        if let description { members.append(JSONMember("description", .string(description))) }
        if isRequired { members.append(JSONMember("required", true)) }
        return .object(members)
    }
}

/// A prompt, filled in.
package struct PromptResult: Sendable {
    /// One turn of the conversation that the prompt begins.
    package struct Turn: Sendable {
        /// Who says it.
        package let role: Role
        /// What is said.
        package let content: ContentBlock

        /// Says something.
        package init(_ role: Role, _ content: ContentBlock) {
            self.role = role
            self.content = content
        }
    }

    /// What the prompt is for, filled in.
    package let description: String?
    /// The turns in order.
    package let turns: [Turn]
    /// Further facts about the result, under prefixed names.
    package let meta: [JSONMember]

    /// Gives the turns of a prompt.
    package init(_ turns: [Turn], description: String? = nil, meta: [JSONMember] = []) {
        self.turns = turns
        self.description = description
        self.meta = meta
    }
}
