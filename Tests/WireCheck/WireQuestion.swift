import JSON

/// A request as far as it decides what may come back.
package struct WireQuestion: Sendable {
    /// The session that it presents.
    package let session: String?
    /// Whether it is of the era without a handshake.
    package let isStateless: Bool
    /// The method of each call in it, by its id as it was written.
    package let methods: [String: String]

    /// Whether it opens a session.
    package var isHandshake: Bool { methods.values.contains("initialize") }

    /// Reads a request.
    ///
    /// - Parameter header: The value of a header by its name in small letters.
    package init(body: [UInt8], header: (String) -> String?) {
        session = header("mcp-session-id")
        let root = try? JSONDocument(body).root
        var methods: [String: String] = [:]
        for message in root.map({ $0.elements ?? [$0] }) ?? [] {
            if let id = message["id"], let method = message["method"]?.string { methods[Self.text(id)] = method }
        }
        self.methods = methods
        let version = header("mcp-protocol-version")?.trimmingBlanks
        let mark = root?["params"]?["_meta"]?["io.modelcontextprotocol/protocolVersion"]
        if let mark {
            // One that names an older revision says nothing, unless the header says something else.
            let isOld = mark.string.map { $0 < "2026-07-28" && ProtocolSchema.revisions.contains($0) } ?? false
            isStateless = !(isOld && (version == nil || version == mark.string))
        } else {
            // Arrays and posted responses are of the other era, whatever the header says.
            let isCall = root.map { $0["method"] != nil } ?? true
            isStateless = isCall && (version ?? "") >= "2026-07-28"
        }
    }

    /// A whole number has one spelling in answers, whatever it had in the request.
    private static func text(_ id: JSONNode) -> String { id.integer.map { String($0) } ?? id.raw.text }
}

extension String {
    fileprivate var trimmingBlanks: String {
        let isBlank = { (character: Character) in character == " " || character == "\t" }
        return String(String(drop(while: isBlank)).reversed().drop(while: isBlank).reversed())
    }
}
