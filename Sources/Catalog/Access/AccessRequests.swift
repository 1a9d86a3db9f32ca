package import Identity
package import JSON
package import Postgres
import Tools

/// What callers of one workspace asked to be given, and what people decide; for operators, over the owner's connection.
package struct AccessRequests {
    /// Why a request cannot be decided so.
    package enum Refusal: Error, Sendable, Equatable {
        case noRequest(String)
        case decided(String, as: String)
        case ended(String)
        case gone(String)
        case readOnly(String)
        case workspaceForbids(String)
        case serverForbids(String, server: String)

        package var message: String {
            switch self {
            case .noRequest(let id): "This workspace has no request \(id); `workport access list` shows them."
            case .decided(let id, let status): "The request \(id) was \(status) already; nothing was changed."
            case .ended(let preview):
                "The token \(preview) that asked is revoked or has expired, and nothing brings it back; refuse the "
                    + "request. The token in its place can ask for itself."
            case .gone(let wanted): "There is no tool or permission \(wanted) any more; refuse the request."
            case .readOnly(let tool):
                "\(tool) writes, and the token is read-only. To let it write, which opens every write that its permissions "
                    + "cover: `workport token update TOKEN --read-only off`, and approve again."
            case .workspaceForbids(let tool):
                "The workspace's own settings keep \(tool) from every token; `workport workspace show` shows them, "
                    + "`workport workspace update` changes them."
            case .serverForbids(let tool, let server):
                "The token's server \(server) does not have \(tool); `workport server list` shows what it has, "
                    + "`workport server update \(server) --tools …` changes that for all of its tokens."
            }
        }
    }

    /// Which requests are listed.
    package enum Status: String, Sendable, CaseIterable {
        case open, granted, refused
    }

    /// One request, as people decide about it.
    package struct Request: Sendable {
        package let id: String
        package let createdAt: String
        /// The credential that asks: its identifier, its name, what is shown of it, and whether it is still good.
        package let credential: String
        package let name: String
        package let preview: String
        package let credentialStatus: String
        /// The member for whom it acts, by e-mail address.
        package let actsAs: String?
        /// A tool's name or a permission's.
        package let wanted: String
        /// What the caller says it is for: its own words, without what a reader cannot see. Nothing checks them.
        package let reason: String
        package let status: String
        package let decidedAt: String?
        package let answer: String?
        /// The tools that could be called after an approval and not before; empty unless it is open.
        package let opens: [String]
        /// Why it cannot be approved as things are.
        package let obstacle: String?

        /// The request as an object.
        package var json: RawJSON {
            RawJSON([
                "id": .string(id), "created_at": .string(createdAt), "credential": .string(credential),
                "name": .string(name), "preview": .string(preview), "credential_status": .string(credentialStatus),
                "acts_as": actsAs.map(JSONValue.string) ?? .null, "wanted": .string(wanted),
                "reason": .string(reason), "status": .string(status),
                "decided_at": decidedAt.map(JSONValue.string) ?? .null,
                "answer": answer.map(JSONValue.string) ?? .null, "opens": .array(opens.map(JSONValue.string)),
                "obstacle": obstacle.map(JSONValue.string) ?? .null,
            ])
        }
    }

    /// What was decided.
    package struct Decision: Sendable {
        package let id: String
        package let credential: String
        package let wanted: String
        package let status: Status
        /// What became of each setting of the credential: `{"field": {"from", "to"}}`.
        package let changes: [JSONMember]
        /// The tools that can be called now and could not before.
        package let opens: [String]

        /// The decision as an object.
        package var json: RawJSON {
            RawJSON([
                "id": .string(id), "credential": .string(credential), "wanted": .string(wanted),
                "status": .string(status.rawValue), "changes": .object(changes),
                "opens": .array(opens.map(JSONValue.string)),
            ])
        }
    }

    private let connection: Connection
    private let workspace: WorkspaceID
    private let registry: ToolRegistry

    /// - Parameter connection: The owner's, in no transaction.
    package init(_ connection: Connection, in workspace: WorkspaceID) {
        self.connection = connection
        self.workspace = workspace
        registry = Catalog.registry
    }

    /// The requests of the workspace, the oldest first; all of them if no status is given.
    package func list(_ status: Status?) throws -> [Request] {
        try inWorkspace {
            let only: SQL = status.map { " AND r.status = \($0.rawValue)" } ?? ""
            let rows = try connection.query(
                "\(StoredRequest.selection) WHERE r.workspace_id = \(workspace)::uuid\(only) ORDER BY r.id")
            return (0..<rows.rowCount).map { StoredRequest(rows, $0) }.map(shown)
        }
    }

    /// Gives a credential what it asked for, within a second, and nothing beside that.
    package func approve(_ text: String) throws -> Decision {
        try inWorkspace {
            let request = try open(text)
            guard request.isAlive else { throw Refusal.ended(request.preview) }
            let granted = try settings(granting: request)
            let changes = try store(granted, of: request)
            try decide(request, .granted, answer: nil, changes)
            return Decision(
                id: request.id, credential: request.credential, wanted: request.wanted, status: .granted,
                changes: changes, opens: opened(by: granted, request))
        }
    }

    /// Leaves a credential as it is.
    ///
    /// - Parameter answer: Why; the caller that asked is told.
    package func refuse(_ text: String, answer: String) throws -> Decision {
        try inWorkspace {
            let request = try open(text)
            try decide(request, .refused, answer: Untrusted.cleaned(answer), [])
            return Decision(
                id: request.id, credential: request.credential, wanted: request.wanted, status: .refused, changes: [],
                opens: [])
        }
    }

    // MARK: What an approval changes

    private func shown(_ stored: StoredRequest) -> Request {
        var (opens, obstacle): ([String], String?) = ([], nil)
        if stored.status == Status.open.rawValue {
            do throws(Refusal) {
                guard stored.isAlive else { throw .ended(stored.preview) }
                opens = opened(by: try settings(granting: stored), stored)
            } catch {
                obstacle = error.message
            }
        }
        return Request(
            id: stored.id, createdAt: stored.createdAt, credential: stored.credential, name: stored.name,
            preview: stored.preview, credentialStatus: stored.credentialStatus, actsAs: stored.actsAs,
            wanted: Untrusted.cleaned(stored.wanted), reason: Untrusted.cleaned(stored.reason), status: stored.status,
            decidedAt: stored.decidedAt, answer: stored.answer, opens: opens, obstacle: obstacle)
    }

    private func settings(granting request: StoredRequest) throws(Refusal) -> CredentialAccess {
        if let tool = registry[request.wanted] { return try request.access.granting(tool, of: registry) }
        guard let permission = Permission(request.wanted) else { throw .gone(request.wanted) }
        return request.access.granting(permission)
    }

    private func opened(by access: CredentialAccess, _ request: StoredRequest) -> [String] {
        let before = Set(request.access.tools(of: registry))
        return access.tools(of: registry).filter { !before.contains($0) }
    }

    // MARK: Statements

    /// The request with its credential, both locked; it has to be open.
    private func open(_ text: String) throws -> StoredRequest {
        guard let row = RowID(text, prefix: StoredRequest.prefix) else { throw Refusal.noRequest(text) }
        // Whoever waits for the lock reads what the one before has decided.
        _ = try connection.query(
            """
            SELECT FROM access_requests
            WHERE workspace_id = \(workspace)::uuid AND id = \(row)::uuid FOR UPDATE
            """)
        let rows = try connection.query(
            """
            \(StoredRequest.selection) WHERE r.workspace_id = \(workspace)::uuid AND r.id = \(row)::uuid
            FOR UPDATE OF c
            """)
        guard rows.rowCount == 1 else { throw Refusal.noRequest(text) }
        let request = StoredRequest(rows, 0)
        guard request.status == Status.open.rawValue else { throw Refusal.decided(text, as: request.status) }
        return request
    }

    /// Writes the settings that differ.
    private func store(_ access: CredentialAccess, of request: StoredRequest) throws -> [JSONMember] {
        let changes = request.access.changes(to: access)
        guard !changes.isEmpty else { return [] }
        _ = try connection.query(
            """
            UPDATE credentials SET profile = \(access.profile.rawValue), tools_allow = \(access.allow)::text[],
                tools_deny = \(access.deny)::text[], permissions = \(access.permissions)::text[],
                features = \(access.features)::text[], confirm = \(access.confirmation?.rawValue)::text,
                customer_comments = \(access.customerComments)
            WHERE workspace_id = \(workspace)::uuid AND public_id('key', id) = \(request.credential)
            """)
        return changes
    }

    private func decide(
        _ request: StoredRequest, _ status: Status, answer: String?, _ changes: [JSONMember]
    ) throws {
        let row = RowID(request.id, prefix: StoredRequest.prefix)?.digits
        _ = try connection.query(
            """
            UPDATE access_requests SET status = \(status.rawValue), decided_at = clock_timestamp(),
                answer = \(answer)::text
            WHERE workspace_id = \(workspace)::uuid AND id = \(row)::uuid
            """)
        let decision: [JSONMember] = [
            JSONMember("status", ["from": "open", "to": .string(status.rawValue)]),
            JSONMember("wanted", ["from": .null, "to": .string(request.wanted)]),
            JSONMember("credential", ["from": .null, "to": .string(request.credential)]),
        ]
        let told = answer.map { [JSONMember("answer", ["from": .null, "to": .string($0)])] } ?? []
        _ = try connection.query(
            AuditChain.appending(
                "actor_kind, action, entity, entity_id, outcome, changes",
                """
                'system', \("access." + status.rawValue)::text, 'access_request', \(row)::uuid, 'ok',
                    \(RawJSON(.object(decision + told + changes)).text)::jsonb
                """, in: workspace))
    }

    private func inWorkspace<Value>(_ body: () throws -> Value) throws -> Value {
        try connection.transaction { connection in
            _ = try connection.query(Tenancy.set(workspace))
            return try body()
        }
    }
}
