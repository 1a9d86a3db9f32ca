extension JSONNode {
    /// A copy that can be kept, compared and changed without the document.
    ///
    /// A number that fits neither an integer nor a floating-point number keeps its text.
    package var value: JSONValue {
        switch kind {
        case .null: return .null
        case .bool: return .bool(bool == true)
        case .string: return .string(string ?? "")
        case .array: return .array((elements ?? []).map(\.value))
        case .object: return .object((members ?? []).map { JSONMember($0.name, $0.value.value) })
        case .number:
            if isIntegerLiteral, let integer { return .integer(integer) }
            return double.map { .double($0) } ?? .raw(raw)
        }
    }

    /// The one spelling that equal values share: no blanks, names in byte order, numbers and escapes normalised.
    ///
    /// Made for hashing. Whole numbers are written as integers, so `1.0` and `1` are equal here.
    package var canonical: [UInt8] {
        var writer = JSONWriter()
        writeCanonical(to: &writer)
        return writer.bytes
    }

    private var canonicalNumber: JSONValue {
        if let integer { return .integer(integer) }
        guard !isIntegerLiteral, let double else { return .raw(raw) }
        // Rounded, it may be whole after all, such as `1e-400`.
        return Int64(exactly: double).map { .integer($0) } ?? .double(double)
    }

    private func writeCanonical(to writer: inout JSONWriter) {
        switch kind {
        case .null, .bool: writer.write(raw: raw)
        case .string: writer.write(string: string ?? "")
        case .number: writer.write(canonicalNumber)
        case .array:
            writer.beginArray()
            for element in elements ?? [] { element.writeCanonical(to: &writer) }
            writer.endArray()
        case .object:
            writer.beginObject()
            for member in (members ?? []).sorted(by: { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }) {
                writer.key(member.name)
                member.value.writeCanonical(to: &writer)
            }
            writer.endObject()
        }
    }
}
