import HTTP
import Identity
import MCP
import Tools

/// What a request's head says of where it goes; made once for the requests that repeat the head (``HTTP/HeadNotes``).
struct Heading: Sendable {
    let route: Route
    /// The id that the client gave the request.
    let id: String?
    /// Why the request is not served at an endpoint, or what answers a browser that asks first.
    let refusal: Refused?
    /// The workspace that the path of an endpoint names, if it is of the form of one.
    let tenant: WorkspaceID?
    /// Whether the request says that it is of the stateless era.
    let isStateless: Bool

    init(_ request: HTTPRequest, _ origins: OriginPolicy) {
        route = Route(request.path)
        id = request.headers.first(.xRequestID)
        isStateless = request.headers.contains(.mcpMethod)
        guard case .endpoint(let workspace, _) = route else {
            (refusal, tenant) = (nil, nil)
            return
        }
        tenant = WorkspaceID(workspace)
        if let refusal = origins.refusal(of: request) {
            self.refusal = Refused(refusal, reason: "origin")
        } else {
            refusal = origins.preflight(request).map { Refused($0, outcome: "ok", reason: nil) }
        }
    }
}

/// What a request's head says of who calls, and what it asks to see less of; nothing of it is looked up.
struct Presentation: Sendable {
    let credential: Result<PresentedCredential, IdentityError>
    /// What the protocol binds sealed values to; empty without a credential.
    let binding: [UInt8]
    /// Or why that cannot be read.
    let selection: Result<RequestSelection, RequestSelection.Problem>?

    init(_ request: HTTPRequest, for workspace: String, _ suffix: EndpointSuffix, _ parts: Parts) {
        credential = Result { () throws(IdentityError) in
            try parts.authenticator.credential(in: request, for: workspace)
        }
        binding = (try? credential.get())?.binding ?? []
        selection = parts.tools.selection(in: request, suffix)
    }
}
