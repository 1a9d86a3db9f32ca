import Identity
import MCP
import Postgres

extension Work {
    /// Who calls, and when the database said so.
    struct Checked {
        let principal: Principal
        let time: ContinuousClock.Instant

        /// How long what is read may lean on a check: a call that goes on at once does not ask again, one that has waited
        /// does.
        private static let standing = Duration.seconds(1)

        var isFresh: Bool { ContinuousClock.now - time < Self.standing }
    }

    /// The check of the token in one flush with statements that read: on a replica if there is one, else on the primary.
    ///
    /// The results are those of the check and of the statements, wherever they come from. The check is left out on the
    /// primary, and what it sets is just set, where the caller was known a moment before; its result says nothing then.
    func reading(_ statements: [SQL], for checked: Checked? = nil, next: @escaping ReplicaRead.Next) -> Step {
        if let checked, parts.replicas == nil {
            return .readOn([parts.authenticator.continuation(for: checked.principal)] + statements, next: next)
        }
        let all = [authentication] + statements
        guard let replicas = parts.replicas, !statements.isEmpty else { return .readOn(all, next: next) }
        let (authenticator, credential, session) = (parts.authenticator, call.credential, plan.session?.digest)
        return replicas.step(
            ReplicaRead(
                tenant: credential.workspace.share,
                deadline: deadline,
                isAbandoned: isAbandoned,
                check: { authenticator.statement(for: credential, session: session, at: $0.place) },
                statements: statements,
                onPrimary: all,
                next: next
            )
        )
    }
}
