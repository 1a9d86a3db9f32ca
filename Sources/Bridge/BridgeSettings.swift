import HTTPClient

/// Everything that a bridge has to be told.
package struct BridgeSettings: Sendable {
    /// Where the workspace is.
    package let endpoint: EndpointURL
    /// What opens it.
    package let token: BearerToken
    /// What is left of its tools.
    package var narrowing = Narrowing.none
    /// A file with the certificates of authorities that are trusted instead of the system's.
    package var authorities: String?
    /// How long a call that was not carried out is tried again.
    package var patience = Duration.seconds(30)
    /// The longest message of the client, in bytes.
    package var lineBytes = 4 << 20
    /// How the bridge calls itself.
    package var agent = "workport-stdio"

    /// Takes what has no default.
    package init(endpoint: EndpointURL, token: BearerToken) {
        self.endpoint = endpoint
        self.token = token
    }

    var destination: Destination {
        Destination(
            endpoint.address, authorities: authorities,
            headers: [("Authorization", token.headerValue), ("User-Agent", agent)])
    }

    var limits: BridgeLimits {
        var limits = BridgeLimits()
        limits.patience = patience
        limits.lineBytes = lineBytes
        return limits
    }
}
