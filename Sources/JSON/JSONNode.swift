/// One value of a document that has been read.
package struct JSONNode: Sendable {
    /// What a value is.
    package enum Kind: String, Sendable {
        case null
        case bool
        case number
        case string
        case array
        case object
    }

    let storage: JSONStorage
    let index: Int

    var entry: JSONEntry { storage.entries[index] }

    var range: Range<Int> { Int(entry.start)..<Int(entry.end) }

    /// What the value is.
    package var kind: Kind {
        switch entry.kind {
        case .null: .null
        case .bool: .bool
        case .number: .number
        case .string: .string
        case .array: .array
        case .object: .object
        }
    }

    /// Where the value stands among all values of its document; no two have the same place.
    package var place: Int { index }

    /// Whether the value is `null`.
    package var isNull: Bool { entry.kind == .null }

    /// The truth value, if this is one.
    package var bool: Bool? {
        entry.kind == .bool ? storage.bytes[range.lowerBound] == UInt8(ascii: "t") : nil
    }

    /// The text, unescaped, if this is a string.
    package var string: String? {
        guard entry.kind == .string else { return nil }
        guard entry.isSpecial else { return String(decoding: storage.bytes[range], as: UTF8.self) }
        return String(decoding: unescapedBytes(of: entry, in: storage.bytes), as: UTF8.self)
    }

    /// How many elements or members the value has; 0 if it is neither array nor object.
    package var count: Int { Int(entry.count) }

    /// The elements in order, if this is an array.
    package var elements: [JSONNode]? {
        guard entry.kind == .array else { return nil }
        var elements: [JSONNode] = []
        elements.reserveCapacity(count)
        var child = index + 1
        for _ in 0..<count {
            elements.append(JSONNode(storage: storage, index: child))
            child = Int(storage.entries[child].next)
        }
        return elements
    }

    /// The members in order, if this is an object.
    package var members: [(name: String, value: JSONNode)]? {
        guard entry.kind == .object else { return nil }
        var members: [(name: String, value: JSONNode)] = []
        members.reserveCapacity(count)
        var child = index + 1
        for _ in 0..<count {
            let name = JSONNode(storage: storage, index: child).string ?? ""
            members.append((name, JSONNode(storage: storage, index: child + 1)))
            child = Int(storage.entries[child + 1].next)
        }
        return members
    }

    /// The value of the member with a name, or `nil` if there is none or this is no object.
    package subscript(name: String) -> JSONNode? {
        guard entry.kind == .object else { return nil }
        let text = name.utf8Span.span
        var child = index + 1
        for _ in 0..<count {
            if isName(storage.entries[child], text) { return JSONNode(storage: storage, index: child + 1) }
            child = Int(storage.entries[child + 1].next)
        }
        return nil
    }

    /// The element at a position, or `nil` if there is none or this is no array.
    ///
    /// Walks over the elements before it; to visit all, take ``elements``.
    package subscript(position: Int) -> JSONNode? {
        guard entry.kind == .array, position >= 0, position < count else { return nil }
        var child = index + 1
        for _ in 0..<position { child = Int(storage.entries[child].next) }
        return JSONNode(storage: storage, index: child)
    }

    /// Where the value's text is among the document's bytes, the quotes of a string included.
    package var extent: Range<Int> {
        entry.kind == .string ? range.lowerBound - 1..<range.upperBound + 1 : range
    }

    /// The value's text as it was sent, blanks included.
    package var raw: RawJSON { RawJSON(Array(storage.bytes[extent])) }

    /// Compares as bytes: `==` on texts would also find other spellings of the same characters.
    private func isName(_ entry: JSONEntry, _ name: Span<UInt8>) -> Bool {
        guard !entry.isSpecial else {
            let bytes = unescapedBytes(of: entry, in: storage.bytes)
            return bytes.count == name.count && isSame(bytes, from: 0, name)
        }
        return Int(entry.end - entry.start) == name.count && isSame(storage.bytes, from: Int(entry.start), name)
    }

    private func isSame(_ bytes: [UInt8], from start: Int, _ name: Span<UInt8>) -> Bool {
        for offset in 0..<name.count where bytes[start + offset] != name[offset] { return false }
        return true
    }
}
