package import Identity
package import MCP
package import Postgres

/// A request for a resource, a prompt or suggestions, before anybody knows whether the caller may see it.
package struct PreparedFetch: Sendable {
    typealias Visibility = @Sendable (ToolAccess) -> Bool

    /// What comes of the rows.
    package enum Progress: Sendable {
        /// `nil` if there is no such thing for this caller: the same whether it does not exist or is hidden.
        case ended(FetchOutcome?)
        case more(PreparedFetch)
        /// More once something has happened, for which the request waits without a worker.
        case wait(for: Gate, then: @Sendable () -> PreparedFetch)
    }

    /// What the resource or prompt is called in log and audit trail; `nil` if there is none for anybody.
    package let name: String?
    /// SHA-256 of what was asked for.
    package let digest: [UInt8]
    /// What leaves together with the check of the token.
    package let statements: [SQL]
    private let isVisible: Visibility
    private let next: @Sendable ([QueryResult], Principal) throws(ToolError) -> Progress

    /// A request that one flush is enough for.
    init(
        _ name: String?,
        _ digest: [UInt8],
        _ isVisible: @escaping Visibility,
        _ statements: [SQL] = [],
        answer: @escaping @Sendable ([QueryResult], Principal) throws(ToolError) -> FetchOutcome
    ) {
        self.init(name, digest, isVisible, statements) { (results, principal) throws(ToolError) in
            .ended(try answer(results, principal))
        }
    }

    init(
        _ name: String?,
        _ digest: [UInt8],
        _ isVisible: @escaping Visibility,
        _ statements: [SQL],
        next: @escaping @Sendable ([QueryResult], Principal) throws(ToolError) -> Progress
    ) {
        self.name = name
        self.digest = digest
        self.statements = statements
        self.isVisible = isVisible
        self.next = next
    }

    /// The same request, which from here on is answered by what a read finds.
    func following(
        _ read: Read, answer: @escaping @Sendable (ToolAnswer) throws(ToolError) -> FetchOutcome
    ) -> PreparedFetch {
        PreparedFetch(name, digest, isVisible, read.statements) { (results, principal) throws(ToolError) in
            switch try read.proceed(results, principal) {
            case .answer(let found): .ended(try answer(found))
            case .more(let next): .more(following(next, answer: answer))
            case .wait(let gate, let then): .wait(for: gate()) { following(then(), answer: answer) }
            }
        }
    }

    /// How the request ends or goes on, when its rows are there.
    package func proceed(_ results: [QueryResult], for principal: Principal) throws(ToolError) -> Progress {
        isVisible(principal.access) ? try next(results, principal) : .ended(nil)
    }
}
