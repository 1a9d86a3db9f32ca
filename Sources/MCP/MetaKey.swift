package import JSON

/// The keys of `_meta` that the protocol reserves.
package enum MetaKey {
    /// The revision that a request of the stateless era speaks.
    package static let protocolVersion = "io.modelcontextprotocol/protocolVersion"
    /// What the client can do.
    package static let clientCapabilities = "io.modelcontextprotocol/clientCapabilities"
    /// Who the client is.
    package static let clientInfo = "io.modelcontextprotocol/clientInfo"
    static let logLevel = "io.modelcontextprotocol/logLevel"
    static let serverInfo = "io.modelcontextprotocol/serverInfo"
    /// The request whose stream a notification belongs to.
    package static let subscriptionID = "io.modelcontextprotocol/subscriptionId"
    static let progressToken = "progressToken"
}

extension Message {
    /// What the client says about its request besides the parameters.
    var meta: JSONNode? { params?["_meta"] }

    /// The version in `_meta`, whatever its type: that it is there makes a request stateless.
    package var versionMark: JSONNode? { meta?[MetaKey.protocolVersion] }
}
