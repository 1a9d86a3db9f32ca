import HTTPClient

/// Where embeddings come from, as the operator says.
package struct EmbeddingSettings: Sendable {
    let destination: Destination
    /// The model that is asked for; embeddings of different models are never compared.
    package let model: String
    /// How many numbers an embedding has; `nil` for what the model gives.
    package let dimensions: Int?
    /// How long a search waits for the embedding of its query.
    package var timeout: Duration

    /// The most dimensions that the extension compares.
    package static let mostDimensions = 16_000

    /// - Parameters:
    ///   - url: The whole address, such as `https://api.example.com/v1/embeddings`.
    ///   - key: What opens it, if it wants one.
    ///   - agent: How the program calls itself there.
    /// - Throws: ``EmbeddingError`` for what cannot be used.
    package init(
        url: String,
        model: String,
        key: String? = nil,
        dimensions: Int? = nil,
        timeout: Duration,
        agent: String
    ) throws(EmbeddingError) {
        guard let address = Address(url), !address.hasUser, !address.hasFragment else {
            throw EmbeddingError(
                .settings, "WORKPORT_EMBEDDINGS_URL is no address; it can be https://HOST/v1/embeddings.")
        }
        guard key == nil || address.isEncrypted || address.isLoopback else {
            throw EmbeddingError(
                .settings,
                "WORKPORT_EMBEDDINGS_URL is http, so the key would travel to \(address.host) in clear text. Use https, or "
                    + "an endpoint that takes no key.")
        }
        let isLine = { (text: String) in !text.isEmpty && text.utf8.allSatisfy { (0x21...0x7E).contains($0) } }
        guard key.map(isLine) ?? true else {
            throw EmbeddingError(
                .settings,
                "WORKPORT_EMBEDDINGS_KEY holds blanks or characters that no key has; it can be the key alone.")
        }
        guard isLine(model), model.utf8.count <= 200 else {
            throw EmbeddingError(
                .settings, "WORKPORT_EMBEDDINGS_MODEL can be 1 to 200 letters, digits and signs without blanks.")
        }
        var headers = [
            (name: "Content-Type", value: "application/json"), ("Accept", "application/json"), ("User-Agent", agent),
        ]
        if let key { headers.append(("Authorization", "Bearer " + key)) }
        destination = Destination(address, headers: headers)
        self.model = model
        self.dimensions = dimensions
        self.timeout = timeout
    }
}
