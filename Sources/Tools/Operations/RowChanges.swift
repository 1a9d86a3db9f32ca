import JSON

/// What became of each field of a row.
struct RowChanges: Sendable {
    /// The fields that have another value now, in the order of the declaration.
    let names: [String]
    /// `{"field": {"from", "to"}}`.
    let json: RawJSON

    /// Compares two records; a new row has no earlier one.
    init(_ entity: Entity, from before: [UInt8]?, to after: [UInt8]) throws(JSONError) {
        let old = try before.map { (bytes) throws(JSONError) in try JSONDocument(bytes).root }
        let new = try JSONDocument(after).root
        var names: [String] = []
        var writer = JSONWriter()
        writer.beginObject()
        for name in entity.fields.map(\.name) + ["archived_at", "deleted_at"] {
            let from = old?[name]?.raw ?? "null"
            let to = new[name]?.raw ?? "null"
            guard from != to else { continue }
            names.append(name)
            writer.key(name)
            writer.beginObject()
            if old != nil {
                writer.key("from")
                writer.write(raw: from)
            }
            writer.key("to")
            writer.write(raw: to)
            writer.endObject()
        }
        writer.endObject()
        self.names = names
        json = RawJSON(writer.bytes)
    }

    /// The same with a row that was written beside this one, under a name of its own.
    func json(adding other: (name: String, record: [UInt8])?) -> RawJSON {
        guard let other else { return json }
        var writer = JSONWriter()
        writer.beginObject()
        writer.key(other.name)
        writer.beginObject()
        writer.key("to")
        writer.write(raw: other.record)
        writer.endObject()
        writer.endObject()
        return RawJSON(isEmpty ? writer.bytes : json.bytes.dropLast() + [UInt8(ascii: ",")] + writer.bytes.dropFirst())
    }

    var isEmpty: Bool { names.isEmpty }
}
