/// A pattern of addresses, read backwards: which values of its variables give an address.
///
/// Level 1 of RFC 6570: `{name}` stands for one or more characters other than `/`, `?` and `#`; a name that stands more
/// than once has the same value in each place.
package struct URITemplate: Sendable {
    private enum Part: Sendable {
        case literal([UInt8])
        case variable(String)
    }

    private let parts: [Part]
    /// The names of the variables, in order.
    package let variables: [String]

    /// Reads a pattern; `nil` if a brace is left open or an expression is more than a name.
    package init?(_ text: String) {
        var parts: [Part] = []
        var variables: [String] = []
        var rest = Substring(text)
        while let open = rest.firstIndex(of: "{") {
            guard let close = rest[open...].firstIndex(of: "}") else { return nil }
            let name = String(rest[rest.index(after: open)..<close])
            guard !name.isEmpty, name.utf8.allSatisfy(Self.isNameByte) else { return nil }
            parts.append(.literal(Array(rest[..<open].utf8)))
            parts.append(.variable(name))
            variables.append(name)
            rest = rest[rest.index(after: close)...]
        }
        guard !rest.contains("}") else { return nil }
        parts.append(.literal(Array(rest.utf8)))
        self.parts = parts
        self.variables = variables
    }

    /// The values that give an address, percent-encoded as they stand in it; `nil` if it does not follow the pattern.
    package func match(_ uri: String) -> [String: String]? {
        var values: [String: String] = [:]
        var rest = Array(uri.utf8)[...]
        for (index, part) in parts.enumerated() {
            switch part {
            case .literal(let bytes):
                guard rest.starts(with: bytes) else { return nil }
                rest = rest.dropFirst(bytes.count)
            case .variable(let name):
                let end = Self.end(of: rest, before: parts[(index + 1)...])
                guard let end, end > rest.startIndex, rest[..<end].allSatisfy(Self.isValueByte) else { return nil }
                let value = String(decoding: rest[..<end], as: UTF8.self)
                if let known = values.updateValue(value, forKey: name), !isSameText(known, value) { return nil }
                rest = rest[end...]
            }
        }
        return rest.isEmpty ? values : nil
    }

    /// Where a value ends: before the next literal, or at the end.
    private static func end(of rest: ArraySlice<UInt8>, before parts: ArraySlice<Part>) -> Int? {
        guard case .literal(let next)? = parts.first, !next.isEmpty else { return rest.endIndex }
        if parts.count == 1 { return rest.count >= next.count ? rest.endIndex - next.count : nil }
        // A value has a byte at least, so what looks like the literal may be its beginning.
        var index = rest.startIndex + 1
        while index + next.count <= rest.endIndex {
            if rest[index...].starts(with: next) { return index }
            index += 1
        }
        return nil
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    private static func isValueByte(_ byte: UInt8) -> Bool { !"/?#".utf8.contains(byte) }
}
