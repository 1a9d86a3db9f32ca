package import HTTP
package import Postgres

/// A credential as it was sent: of the right form, for the right workspace, not yet looked up.
package struct PresentedCredential: Sendable, Hashable {
    package let workspace: WorkspaceID
    package let digest: TokenDigest

    /// Workspace and digest as bytes: what sealed values (sessions, cursors) are bound to.
    package var binding: [UInt8] { Array(workspace.uuid.utf8) + digest.bytes }
}

/// Reads credentials from requests and turns the database's verdict into a principal.
///
/// The database is asked in the flush of a call's own statements. Nothing is remembered here; how long an answer stands
/// for further reads of the same caller is the gateway's to say.
package struct Authenticator: Sendable {
    private let pepper: TokenPepper

    package init(pepper: TokenPepper) { self.pepper = pepper }

    /// The form of the credential only; no look-up.
    ///
    /// - Parameter workspace: The last part of the path as it was sent, well formed or not: whether it names a
    ///   workspace is not to be told to somebody without a token for it.
    package func credential(in request: HTTPRequest, for workspace: String) throws(IdentityError) -> PresentedCredential
    {
        let fields = request.headers.all(.authorization)
        guard let field = fields.first else { throw IdentityError(.missing) }
        guard fields.count == 1 else { throw IdentityError(.malformedHeader) }
        let parts = field.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: true)
        guard let scheme = parts.first else { throw IdentityError(.malformedHeader) }
        guard scheme.lowercased() == "bearer" else { throw IdentityError(.notBearer) }
        guard parts.count == 2 else { throw IdentityError(.malformedHeader) }
        let text = String(parts[1].drop { $0 == " " })
        guard let token = AccessToken(text) else {
            if AccessToken.isPreview(text) { throw IdentityError(.preview) }
            throw IdentityError(text.utf8.allSatisfy(isOfToken) ? .malformed : .malformedHeader)
        }
        guard token.isMade(for: workspace) else { throw IdentityError(.otherWorkspace) }
        guard let workspace = WorkspaceID(workspace) else { throw IdentityError(.unknown) }
        return PresentedCredential(workspace: workspace, digest: TokenDigest(of: token, pepper: pepper))
    }

    /// The first statement of a call: checks the token and sets the workspace for the rest of the transaction.
    ///
    /// Reads with the same token that wait together share it: it runs after each of them has come.
    ///
    /// - Parameter session: The digest of the handshake era's session id that came with the request, if one did.
    package func statement(for credential: PresentedCredential, session: [UInt8]?) -> SQL {
        let check: SQL = """
            SELECT verdict, credential_id, acts_as, read_only, customer_comments, customer_comment_factors,
                workspace_allow, workspace_deny, credential_allow, credential_deny, session_ended, ends_at, profile,
                permissions, features, confirm, workspace_confirm, lockdown, weight,
                credential_limits, workspace_limits, server_id, server_tools, server_limits,
                current_setting('workport.workspace_id', true)
            FROM authenticate(\(credential.workspace)::uuid, \(credential.digest.bytes)::bytea, \(session)::bytea)
            """
        return check.asCommonOpening
    }

    /// The same on a standby that has replayed the primary's log up to a place; else the verdict is `behind`.
    ///
    /// - Parameter place: Where the primary's log ended after the call had come, as `commit_position` gives it.
    package func statement(for credential: PresentedCredential, session: [UInt8]?, at place: String) -> SQL {
        let check: SQL = """
            SELECT verdict, credential_id, acts_as, read_only, customer_comments, customer_comment_factors,
                workspace_allow, workspace_deny, credential_allow, credential_deny, session_ended, ends_at, profile,
                permissions, features, confirm, workspace_confirm, lockdown, weight,
                credential_limits, workspace_limits, server_id, server_tools, server_limits,
                current_setting('workport.workspace_id', true)
            FROM authenticate_at(
                \(place)::pg_lsn, \(credential.workspace)::uuid, \(credential.digest.bytes)::bytea, \(session)::bytea
            )
            """
        return check.asCommonOpening
    }

    /// The first statement of a call whose token was checked a moment ago: sets the workspace and the member as the check
    /// did, both in any case, so that calls of several callers can follow each other in one transaction.
    ///
    /// What the policies allow comes from the database's answer, not from the path, as in the check itself: the two layers
    /// that keep workspaces apart stay independent.
    package func continuation(for principal: Principal) -> SQL {
        let setting: SQL = """
            SELECT set_config('workport.workspace_id', \(principal.opened), true),
                set_config('workport.member_id', \(principal.member?.digits ?? ""), true)
            """
        return setting.asRenewingOpening
    }

    /// What the database said about the credential.
    ///
    /// - Returns: The caller, and whether the session that came with the request had been ended.
    /// - Throws: ``IdentityError`` if the token does not open the workspace.
    package func principal(
        for credential: PresentedCredential,
        from rows: QueryResult
    ) throws(IdentityError) -> (principal: Principal, sessionEnded: Bool) {
        guard rows.rowCount == 1, let verdict = rows.string(0, 0) else { throw IdentityError(.unknown) }
        switch verdict {
        case "ok": break
        case "revoked": throw IdentityError(.revoked)
        case "expired": throw IdentityError(.expired)
        case "suspended": throw IdentityError(.suspended)
        case "disabled": throw IdentityError(.serverDisabled)
        default: throw IdentityError(.unknown)
        }
        guard let key = rows.string(0, 1).flatMap(RowID.init(uuid:)) else { throw IdentityError(.unknown) }
        let profile = rows.string(0, 12).flatMap(Profile.init(rawValue:)) ?? .taskTracking
        let own = rows.string(0, 15).flatMap(ConfirmationMode.init(rawValue:)) ?? profile.confirmation
        let access = ToolAccess(
            readOnly: rows.bool(0, 3) ?? true,
            customerComments: rows.bool(0, 4) ?? false,
            customerCommentFactors: Int(rows.int64(0, 5) ?? 3),
            workspaceList: ToolList(allowed: rows.string(0, 6).map(names), denied: names(rows.string(0, 7) ?? "")),
            ownList: ToolList(allowed: rows.string(0, 8).map(names), denied: names(rows.string(0, 9) ?? "")),
            server: rows.string(0, 22).map(names),
            profile: profile,
            permissions: rows.string(0, 13).map(names),
            features: rows.string(0, 14).map(names),
            confirmation: max(own, rows.string(0, 16).flatMap(ConfirmationMode.init(rawValue:)) ?? .none),
            lockdown: rows.bool(0, 17) ?? false
        )
        let principal = Principal(
            workspace: credential.workspace,
            opened: rows.string(0, 24) ?? "",
            credential: key,
            member: rows.string(0, 2).flatMap(RowID.init(uuid:)),
            server: rows.string(0, 21).flatMap(RowID.init(uuid:)),
            access: access,
            endsAt: rows.int64(0, 11),
            weight: Int(rows.int64(0, 18) ?? 1),
            limits: CallLimits(
                credential: rows.string(0, 19), server: rows.string(0, 23), workspace: rows.string(0, 20))
        )
        return (principal, rows.bool(0, 10) ?? false)
    }

    /// Whether a byte may be part of a token of any kind (RFC 6750 section 2.1).
    private func isOfToken(_ byte: UInt8) -> Bool {
        let scalar = Character(Unicode.Scalar(byte))
        return byte < 0x80 && (scalar.isLetter || scalar.isNumber || "-._~+/=".contains(scalar))
    }

    private func names(_ list: String) -> Set<String> { Set(list.split(separator: " ").map(String.init)) }
}
