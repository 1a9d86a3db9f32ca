package import JSON

/// What stands at an address.
package struct ResourceContents: Sendable {
    /// The content itself.
    package enum Body: Sendable {
        /// A text.
        case text(String)
        /// JSON, sent as text.
        case json(RawJSON)
        /// Bytes, in Base64.
        case blob(base64: String)
    }

    /// The address.
    package let uri: String
    /// The media type, if it is known.
    package let mimeType: String?
    /// The content itself.
    package let body: Body
    /// Further facts, under prefixed names.
    package let meta: [JSONMember]

    /// Gives what stands at an address.
    package init(uri: String, mimeType: String? = nil, body: Body, meta: [JSONMember] = []) {
        self.uri = uri
        self.mimeType = mimeType
        self.body = body
        self.meta = meta
    }

    /// Writes the object for clients of a revision.
    func write(for revision: Revision, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.write("uri", .string(uri))
        if let mimeType { writer.write("mimeType", .string(mimeType)) }
        switch body {
        case .text(let text): writer.write("text", .string(text))
        case .json(let json):
            writer.key("text")
            writer.write(quoting: json.bytes)
        case .blob(let base64): writer.write("blob", .string(base64))
        }
        if revision.has(.objectMeta), !meta.isEmpty { writer.write("_meta", .object(meta)) }
        writer.endObject()
    }
}

/// What reading an address gives: one content, or several.
package struct ResourceResult: Sendable {
    /// The contents; never empty.
    package let contents: [ResourceContents]
    /// How long a client may keep them.
    package let ttl: Duration
    /// Further facts about the result, under prefixed names.
    package let meta: [JSONMember]

    /// Gives contents.
    package init(_ contents: [ResourceContents], ttl: Duration = .zero, meta: [JSONMember] = []) {
        self.contents = contents
        self.ttl = ttl
        self.meta = meta
    }
}
