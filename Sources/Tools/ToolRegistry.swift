package import Identity

/// All tools, in listing order.
package struct ToolRegistry: Sendable {
    package let tools: [Tool]
    private let byName: [String: Int]

    /// - Parameter tools: In listing order, each name once.
    package init(_ tools: [Tool]) {
        self.tools = tools
        byName = Dictionary(uniqueKeysWithValues: zip(tools.map(\.name), tools.indices))
    }

    package subscript(name: String) -> Tool? { byName[name].map { tools[$0] } }

    /// What a caller with these settings sees, in listing order.
    package func visible(to access: ToolAccess) -> [Tool] { tools.filter { $0.isVisible(to: access) } }

    /// The names of all tools, visible or not, for the checks of an administrator's lists.
    package var names: [String] { tools.map(\.name) }
}
