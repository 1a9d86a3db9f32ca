package import Identity

/// What the product has: all tools, in listing order, and what they feed.
package struct ToolRegistry: Sendable {
    package let tools: [Tool]
    package let resources: [Resource]
    package let prompts: [Prompt]
    private let byName: [String: Int]

    /// - Parameters:
    ///   - tools: In listing order, each name once.
    ///   - resources: In listing order; they and the prompts name these tools only.
    package init(_ tools: [Tool], resources: [Resource] = [], prompts: [Prompt] = []) {
        self.tools = tools
        self.resources = resources
        self.prompts = prompts
        byName = Dictionary(uniqueKeysWithValues: zip(tools.map(\.name), tools.indices))
    }

    package subscript(name: String) -> Tool? { byName[name].map { tools[$0] } }

    /// What a caller with these settings sees, in listing order.
    package func visible(to access: ToolAccess) -> [Tool] { tools.filter { $0.isVisible(to: access) } }

    /// Whether a caller with these settings has every one of these tools.
    package func shows(_ names: [String], to access: ToolAccess) -> Bool {
        names.allSatisfy { self[$0]?.isVisible(to: access) ?? false }
    }

    /// The names of all toolsets, in listing order.
    package var toolsets: [String] {
        var names: [String] = []
        for tool in tools where names.last != tool.toolset && !names.contains(tool.toolset) {
            names.append(tool.toolset)
        }
        return names
    }

    /// The names of all tools, visible or not, for the checks of an administrator's lists.
    package var names: [String] { tools.map(\.name) }
}
