package import HTTP
import JSON

/// A call whose sender was not accepted.
package struct IdentityError: Error, Sendable, Equatable {
    /// Why; the word stands in the answer as `reason`.
    package enum Reason: String, Sendable, CaseIterable {
        case missing
        case notBearer = "not_bearer"
        case malformedHeader = "malformed_header"
        case malformed
        case preview = "preview_sent"
        case unknown
        case revoked
        case expired
        case otherWorkspace = "other_workspace"
        case suspended = "workspace_suspended"
        case serverDisabled = "server_disabled"
    }

    package let reason: Reason

    package init(_ reason: Reason) { self.reason = reason }

    /// One sentence that says what to do next. None of them depends on what exists in any workspace.
    package var sentence: String {
        switch reason {
        case .missing:
            "This endpoint needs a token. Send the header Authorization: Bearer mcp_live_… with the whole token."
        case .notBearer:
            "This endpoint takes a token and no other kind of credential. Send the header Authorization: Bearer "
                + "mcp_live_… with the whole token."
        case .malformedHeader:
            "The Authorization header is malformed. It should stand once and read: Bearer mcp_live_… with the whole "
                + "token and nothing behind it."
        case .malformed:
            "The Authorization header does not hold a token of this service. It should read: Bearer mcp_live_… with "
                + "the whole token, unchanged."
        case .preview:
            "This is the preview of a token, not the token. The token was shown once when it was made; make a new one "
                + "if it is lost."
        case .unknown: "This token is not known here. Check that it was copied whole, or ask an admin for a new one."
        case .revoked: "This token was revoked. Ask an admin of the workspace for a new one."
        case .expired: "This token has expired. Ask an admin of the workspace to rotate it."
        case .otherWorkspace:
            "This token was made for another endpoint. Use the endpoint URL that was given with it."
        case .suspended: "This workspace is suspended. Ask its owner."
        case .serverDisabled:
            "The server that this token belongs to is switched off. Ask an admin of the workspace to switch it on, or for "
                + "a token of another one."
        }
    }

    /// The code of RFC 6750 section 3.1; a request that carries no token is no wrong one and gets none.
    private var code: String? {
        switch reason {
        case .missing, .notBearer: nil
        case .malformedHeader: "invalid_request"
        default: "invalid_token"
        }
    }

    /// 401 with the challenge of RFC 6750 section 3; 400 where the header cannot be understood.
    ///
    /// - Parameter resource: The endpoint that was asked for, so that a client finds out how to get a token.
    package func response(about resource: ProtectedResource?) -> HTTPResponse {
        var parameters = [resource.map { "resource_metadata=\"\($0.metadata)\"" } ?? "realm=\"workport\""]
        if let code { parameters += ["error=\"\(code)\"", "error_description=\"\(ascii(sentence))\""] }
        let body: JSONValue = [
            "error": .string(code ?? "unauthorized"),
            "reason": .string(reason.rawValue),
            "error_description": .string(sentence),
        ]
        var response = HTTPResponse.json(
            RawJSON(body).bytes, status: reason == .malformedHeader ? .badRequest : .unauthorized
        )
        response.headers.append(.wwwAuthenticate, "Bearer " + parameters.joined(separator: ", "))
        return response
    }

    /// Quoted strings of a challenge are ASCII without quotes (RFC 6750 section 3).
    private func ascii(_ text: String) -> String {
        String(text.map { $0 == "…" ? "." : $0 }.filter { $0.isASCII && $0 != "\"" && $0 != "\\" })
    }
}
