package import JSON

/// What the endpoint of a workspace says about itself to clients that have no token for it (RFC 9728).
///
/// A client finds the document through the challenge of a 401. It says where the endpoint is and how a token is sent.
/// Servers that issue tokens are named only when there are any: a client that is told of none knows that it has to be
/// given a token, and does not look for a page to sign in at. Clients that have been given one never read it.
package struct ProtectedResource: Sendable, Equatable {
    /// The path under which such documents stand, before the path of what they are about.
    package static let wellKnownPath = "/.well-known/oauth-protected-resource"

    /// The address of the endpoint, byte for byte as people paste it: clients refuse a document about another one.
    package let endpoint: String
    /// The address of the document.
    package let metadata: String
    /// The issuers of the servers that issue tokens for the endpoint.
    package let authorizationServers: [String]

    /// Describes an endpoint.
    ///
    /// - Parameters:
    ///   - origin: The public origin, such as `https://mcp.example.com`.
    ///   - path: The path of the endpoint, without a slash at its end.
    package init(origin: String, path: String, authorizationServers: [String] = []) {
        endpoint = origin + path
        metadata = origin + ProtectedResource.wellKnownPath + path
        self.authorizationServers = authorizationServers
    }

    /// The document.
    package var document: JSONValue {
        var members = [JSONMember("resource", .string(endpoint))]
        if !authorizationServers.isEmpty {
            members.append(JSONMember("authorization_servers", .array(authorizationServers.map { .string($0) })))
        }
        members.append(JSONMember("bearer_methods_supported", ["header"]))
        members.append(JSONMember("resource_name", "Workport"))
        return .object(members)
    }
}
