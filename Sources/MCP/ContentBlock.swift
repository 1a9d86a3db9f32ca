package import JSON

/// One piece of what a tool gives a model to read.
package indirect enum ContentBlock: Sendable {
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
    /// Something that the client may fetch, described in full.
    case resourceLink(ResourceDescription)
    /// The contents of a resource.
    case resource(ResourceContents)
    /// A block with more about it.
    case annotated(ContentBlock, Annotations, meta: [JSONMember])

    /// Writes the block as clients of a revision know it; a kind that they lack becomes text.
    func write(for revision: Revision, to writer: inout JSONWriter) {
        writer.beginObject()
        writeMembers(for: revision, to: &writer)
        writer.endObject()
    }

    private func writeMembers(for revision: Revision, to writer: inout JSONWriter) {
        switch self {
        case .text(let text): writer.write(members: [JSONMember("type", "text"), JSONMember("text", .string(text))])
        case .json(let json):
            writer.write("type", "text")
            writer.key("text")
            writer.write(quoting: json.bytes)
        case .image(let base64, let mimeType): writeMedia("image", base64, mimeType, to: &writer)
        case .audio(let base64, let mimeType):
            guard revision.has(.audioContent) else {
                let text = "A sound (\(mimeType)) that this client cannot play"
                return Self.text(text).writeMembers(for: revision, to: &writer)
            }
            writeMedia("audio", base64, mimeType, to: &writer)
        case .link(let uri, let name, let description, let mimeType):
            let resource = ResourceDescription(uri: uri, name: name, description: description, mimeType: mimeType)
            Self.resourceLink(resource).writeMembers(for: revision, to: &writer)
        case .resourceLink(let resource):
            guard revision.has(.resourceLinks) else {
                return Self.text(resource.uri).writeMembers(for: revision, to: &writer)
            }
            writer.write("type", "resource_link")
            writer.write(members: resource.members(for: revision))
        case .resource(let contents):
            writer.write("type", "resource")
            writer.key("resource")
            contents.write(for: revision, to: &writer)
        case .annotated(let block, let annotations, let meta):
            block.writeMembers(for: revision, to: &writer)
            writer.write(members: annotations.members(for: revision))
            if revision.has(.objectMeta), !meta.isEmpty { writer.write("_meta", .object(meta)) }
        }
    }

    private func writeMedia(_ type: String, _ base64: String, _ mimeType: String, to writer: inout JSONWriter) {
        writer.write(
            members: [
                JSONMember("type", .string(type)), JSONMember("data", .string(base64)),
                JSONMember("mimeType", .string(mimeType)),
            ]
        )
    }
}
