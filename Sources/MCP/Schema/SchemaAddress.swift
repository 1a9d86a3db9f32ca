/// A URI, or a reference to one, in its parts (RFC 3986 section 3).
///
/// It is a name and never a place to fetch something from, so its parts are compared as they are written.
struct SchemaAddress: Hashable {
    private var scheme: String?
    private var authority: String?
    private var path = ""
    private var query: String?
    /// What stands behind `#`; `nil` if there is no `#`.
    private(set) var fragment: String?

    /// Splits a text; there is none that has no parts.
    init(_ text: String) {
        var rest = text[...]
        if let mark = rest.firstIndex(of: "#") {
            fragment = String(rest[rest.index(after: mark)...])
            rest = rest[..<mark]
        }
        if let mark = rest.firstIndex(of: "?") {
            query = String(rest[rest.index(after: mark)...])
            rest = rest[..<mark]
        }
        if let mark = rest.firstIndex(where: { ":/".contains($0) }), rest[mark] == ":", mark > rest.startIndex {
            scheme = rest[..<mark].lowercased()
            rest = rest[rest.index(after: mark)...]
        }
        if rest.hasPrefix("//") {
            let part = rest.dropFirst(2).prefix { $0 != "/" }
            authority = String(part)
            rest = rest.dropFirst(2 + part.count)
        }
        path = String(rest)
    }

    /// The document's own address, whatever part of it this is.
    var withoutFragment: SchemaAddress {
        var address = self
        address.fragment = nil
        return address
    }

    /// What a reference means where this is the base (section 5.2.2).
    func resolving(_ reference: SchemaAddress) -> SchemaAddress {
        var target = reference
        guard reference.scheme == nil else { return target.normalized }
        target.scheme = scheme
        guard reference.authority == nil else { return target.normalized }
        target.authority = authority
        if reference.path.isEmpty {
            target.path = path
            target.query = reference.query ?? query
            return target
        }
        if !reference.path.hasPrefix("/") { target.path = merged(reference.path) }
        return target.normalized
    }

    /// A path in the folder of this one (section 5.2.3).
    private func merged(_ other: String) -> String {
        guard let mark = path.lastIndex(of: "/") else { return (authority == nil ? "" : "/") + other }
        return path[...mark] + other
    }

    /// Without `.` and `..` (section 5.2.4); a path that begins with neither slash nor scheme keeps its form.
    private var normalized: SchemaAddress {
        guard path.contains("/"), path.contains(".") else { return self }
        var segments: [Substring] = []
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        for (index, part) in parts.enumerated() {
            switch part {
            case ".": if index == parts.count - 1 { segments.append("") }
            case "..":
                if segments.count > 1 { segments.removeLast() }
                if index == parts.count - 1 { segments.append("") }
            default: segments.append(part)
            }
        }
        var address = self
        address.path = segments.joined(separator: "/")
        return address
    }
}

extension SchemaAddress {
    /// A fragment as the text that it stands for; `nil` if it is not well formed.
    static func decoded(_ fragment: String) -> String? {
        var bytes: [UInt8] = []
        var rest = Array(fragment.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard rest.count >= 2, let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            else { return nil }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
