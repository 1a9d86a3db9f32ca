import HTTP
import HTTPClient
import JSON

/// One request for the embeddings of some texts, and the reading of its answer.
struct EmbeddingExchange: Sendable {
    let texts: [String]
    let model: String
    let dimensions: Int?

    /// The longest answer that is taken: so many embeddings of the most dimensions are longer than any real answer.
    static let answerBytes = 32 << 20
    private static let limits = JSONLimits(maxDepth: 16, maxBytes: answerBytes, maxNodes: 1 << 21)

    /// The request's body.
    var body: [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.write("model", .string(model))
        writer.write("input", .array(texts.map(JSONValue.string)))
        if let dimensions { writer.write("dimensions", .integer(Int64(dimensions))) }
        writer.endObject()
        return writer.bytes
    }

    /// The embeddings in the order of the texts.
    ///
    /// - Throws: ``EmbeddingError`` unless there is a usable one for each text.
    func embeddings(in answer: Answer) throws(EmbeddingError) -> [Embedding] {
        guard answer.head.status == .ok else { throw refusal(answer.head) }
        guard let root = try? JSONDocument(answer.body, limits: Self.limits).root,
            let entries = root["data"]?.elements
        else { throw bad("is no JSON object with `data`") }
        guard entries.count == texts.count else {
            throw bad("has \(entries.count) embeddings for \(texts.count) texts")
        }
        var embeddings = [Embedding?](repeating: nil, count: texts.count)
        for (place, entry) in entries.enumerated() {
            let index = Int(entry["index"]?.integer ?? Int64(place))
            guard embeddings.indices.contains(index), embeddings[index] == nil else {
                throw bad("has an `index` twice, or one that no text has")
            }
            embeddings[index] = try embedding(entry["embedding"])
        }
        let all = embeddings.compactMap(\.self)
        guard Set(all.map(\.numbers.count)).count <= 1 else { throw bad("has embeddings of different lengths") }
        return all
    }

    private func embedding(_ node: JSONNode?) throws(EmbeddingError) -> Embedding {
        guard let elements = node?.elements else { throw bad("has an entry without a list of numbers") }
        if let dimensions, elements.count != dimensions {
            throw bad("has embeddings of \(elements.count) dimensions, and \(dimensions) are set")
        }
        guard elements.count <= EmbeddingSettings.mostDimensions else {
            throw bad("has embeddings of more than \(EmbeddingSettings.mostDimensions) dimensions")
        }
        let numbers = elements.compactMap { $0.double.map { Float($0) } }
        guard numbers.count == elements.count, let embedding = Embedding(numbers) else {
            throw bad("has an embedding with something that is no finite number, or with nothing but zeros")
        }
        return embedding
    }

    /// What a status other than 200 means. The endpoint's words are left out: they may repeat what was sent.
    private func refusal(_ head: AnswerHead) -> EmbeddingError {
        let status = head.status.rawValue
        switch status {
        case 401, 403:
            return EmbeddingError(
                .unauthorized, "The endpoint answers \(status): WORKPORT_EMBEDDINGS_KEY is missing or not accepted.")
        case 429:
            return EmbeddingError(.rateLimited, "The endpoint wants fewer requests (429).", retryAfter: head.retryAfter)
        case 404, 405:
            return EmbeddingError(
                .unavailable,
                "The endpoint is not there, or has no such model (\(status)); check the address and the model.")
        case 408, 500...599:
            return EmbeddingError(
                .unavailable, "The endpoint has a problem of its own (\(status)).", retryAfter: head.retryAfter)
        case 300...399:
            return EmbeddingError(
                .unavailable, "The endpoint sends elsewhere (\(status)), which is not followed; set the final address.")
        default:
            return EmbeddingError(
                .rejected, "The endpoint does not take the texts (\(status)); they may be too long for the model.")
        }
    }

    private func bad(_ what: String) -> EmbeddingError {
        EmbeddingError(.badAnswer, "The endpoint's answer \(what).")
    }
}
