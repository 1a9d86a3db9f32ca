import JSON

/// The keys of `_meta` that the protocol reserves.
enum MetaKey {
    static let protocolVersion = "io.modelcontextprotocol/protocolVersion"
    static let clientCapabilities = "io.modelcontextprotocol/clientCapabilities"
    static let clientInfo = "io.modelcontextprotocol/clientInfo"
    static let logLevel = "io.modelcontextprotocol/logLevel"
    static let serverInfo = "io.modelcontextprotocol/serverInfo"
    static let subscriptionID = "io.modelcontextprotocol/subscriptionId"
    static let progressToken = "progressToken"
}

extension Message {
    /// What the client says about its request besides the parameters.
    var meta: JSONNode? { params?["_meta"] }

    /// The version in `_meta`, whatever its type: that it is there makes a request stateless.
    var versionMark: JSONNode? { meta?[MetaKey.protocolVersion] }
}
