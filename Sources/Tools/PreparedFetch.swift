package import Identity
package import MCP
package import Postgres

/// A request for a resource, a prompt or suggestions, before anybody knows whether the caller may see it.
package struct PreparedFetch: Sendable {
    typealias Visibility = @Sendable (ToolAccess) -> Bool

    /// What the resource or prompt is called in log and audit trail; `nil` if there is none for anybody.
    package let name: String?
    /// SHA-256 of what was asked for.
    package let digest: [UInt8]
    /// What leaves together with the check of the token.
    package let statements: [SQL]
    private let isVisible: Visibility
    private let answer: @Sendable ([QueryResult], Principal) throws(ToolError) -> FetchOutcome

    init(
        _ name: String?,
        _ digest: [UInt8],
        _ isVisible: @escaping Visibility,
        _ statements: [SQL] = [],
        answer: @escaping @Sendable ([QueryResult], Principal) throws(ToolError) -> FetchOutcome
    ) {
        self.name = name
        self.digest = digest
        self.statements = statements
        self.isVisible = isVisible
        self.answer = answer
    }

    /// How the request ends, when its rows are there.
    ///
    /// - Returns: `nil` if there is no such thing for this caller: the same whether it does not exist or is hidden.
    package func outcome(_ results: [QueryResult], for principal: Principal) throws(ToolError) -> FetchOutcome? {
        isVisible(principal.access) ? try answer(results, principal) : nil
    }
}
