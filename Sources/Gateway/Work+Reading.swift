import Identity
import MCP
import Postgres

extension Work {
    /// The caller of statements that read, if a check of it stands and they stay on the primary: a replica has to be
    /// asked whether it has come to where the primary is, and checks the token on the way.
    func knownCaller(for statements: [SQL]) throws(Refused) -> Checked? {
        parts.replicas == nil || statements.isEmpty ? try knownCaller() : nil
    }

    /// The check of the token in one flush with statements that read: on a replica if there is one, else on the primary.
    ///
    /// The results are those of the check and of the statements, wherever they come from. The check is left out on the
    /// primary, and what it sets is just set, where the caller is known; its result says nothing then. Nothing leaves
    /// where there is nothing to read either.
    func reading(_ statements: [SQL], for checked: Checked? = nil, next: @escaping ReplicaRead.Next) -> Step {
        if checked != nil, statements.isEmpty { return next(.success([])) }
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
