import Identity
import MCP
import Postgres

extension Work {
    /// The check of the token in one flush with statements that read: on a replica if there is one, else on the primary.
    ///
    /// The results are those of the check and of the statements, wherever they come from.
    func reading(_ statements: [SQL], next: @escaping ReplicaRead.Next) -> Step {
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
