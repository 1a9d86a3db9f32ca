import HTTP
import Identity
import JSON
import MCP

extension Gateway {
    /// The document about a workspace's endpoint (RFC 9728), or what there is to say instead of it.
    ///
    /// It is the same for every workspace that there could be, so it does not tell whether there is one. Pages of any
    /// origin may read it, for there is nothing secret in it and no credential goes with the question.
    func metadata(for request: HTTPRequest) throws(Refused) -> HTTPResponse {
        if let refusal = parts.origins.hostRefusal(of: request) { throw Refused(refusal, reason: "host") }
        guard let resource = parts.address.resource(for: request) else { throw Refused(.notFound) }
        var response: HTTPResponse
        switch request.method {
        case .get, .head:
            response = .json(RawJSON(resource.document).bytes)
            response.headers.set(.cacheControl, "max-age=300")
        case .options:
            response = HTTPResponse(status: .noContent)
            response.headers.set(.accessControlAllowMethods, "GET")
            response.headers.set(.accessControlAllowHeaders, "*")
            response.headers.set(.accessControlMaxAge, "600")
        default:
            response = .refusal(
                .methodNotAllowed, error: "method_not_allowed", description: "This document can only be read."
            )
            response.headers.set(.allow, "GET, HEAD, OPTIONS")
        }
        response.headers.set(.accessControlAllowOrigin, "*")
        return response
    }
}
