package import JSON

/// One piece of what a tool gives a model to read.
package enum ContentBlock: Sendable {
    /// A text.
    case text(String)
    /// JSON, sent as text.
    case json(RawJSON)
    /// A picture, in Base64.
    case image(base64: String, mimeType: String)
    /// A sound, in Base64.
    case audio(base64: String, mimeType: String)
    /// Something that the client may fetch.
    case link(uri: String, name: String, description: String?, mimeType: String?)

    /// Writes the block as clients of a revision know it; a kind that they lack becomes text.
    func write(for revision: Revision, to writer: inout JSONWriter) {
        switch self {
        case .text(let text): writer.write(["type": "text", "text": .string(text)])
        case .json(let json):
            writer.beginObject()
            writer.write("type", "text")
            writer.key("text")
            writer.write(quoting: json.bytes)
            writer.endObject()
        case .image(let base64, let mimeType):
            writer.write(["type": "image", "data": .string(base64), "mimeType": .string(mimeType)])
        case .audio(let base64, let mimeType):
            guard revision.has(.audioContent) else {
                return Self.text("A sound (\(mimeType)) that this client cannot play").write(for: revision, to: &writer)
            }
            writer.write(["type": "audio", "data": .string(base64), "mimeType": .string(mimeType)])
        case .link(let uri, let name, let description, let mimeType):
            guard revision.has(.resourceLinks) else { return Self.text(uri).write(for: revision, to: &writer) }
            var members = [
                JSONMember("type", "resource_link"), JSONMember("uri", .string(uri)), JSONMember("name", .string(name)),
            ]
            if let description { members.append(JSONMember("description", .string(description))) }
            if let mimeType { members.append(JSONMember("mimeType", .string(mimeType))) }
            writer.write(.object(members))
        }
    }
}
