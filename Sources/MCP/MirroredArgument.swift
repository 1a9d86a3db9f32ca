package import JSON

/// An argument that clients of the stateless era repeat in a header, `Mcp-Param-…`, so that proxies can route by it.
package struct MirroredArgument: Sendable, Equatable {
    /// What is wrong with an annotation.
    package struct Mistake: Error, Equatable {
        /// One sentence for the author of the tool.
        package let message: String
    }

    /// The types that headers can carry.
    package enum Kind: String, Sendable {
        case string
        case integer
        case boolean
    }

    /// The part of the header's name after `Mcp-Param-`.
    package let header: String
    /// The names that lead from the arguments to the value.
    package let path: [String]
    /// The type of the value.
    package let kind: Kind

    /// Finds the properties of an input schema that have an `x-mcp-header`.
    ///
    /// - Throws: ``Mistake`` if clients would drop the tool: a header that is no token or stands twice, a type that
    ///   headers cannot carry, or an annotation elsewhere than on properties of properties.
    package static func all(in schema: JSONNode) throws(Mistake) -> [MirroredArgument] {
        var found: [MirroredArgument] = []
        try collect(from: schema, path: [], isReachable: true, into: &found)
        let names = found.map { $0.header.lowercased() }
        guard Set(names).count == names.count else {
            throw Mistake(message: "Two arguments have the same x-mcp-header")
        }
        return found
    }

    private static func collect(
        from schema: JSONNode,
        path: [String],
        isReachable: Bool,
        into found: inout [MirroredArgument]
    ) throws(Mistake) {
        if let annotation = schema["x-mcp-header"] {
            guard isReachable, !path.isEmpty else {
                throw Mistake(message: "x-mcp-header stands where clients do not look for it")
            }
            found.append(try argument(annotation, schema: schema, path: path))
        }
        for (name, value) in schema.members ?? [] {
            switch name {
            case "properties":
                for (property, schema) in value.members ?? [] {
                    try collect(from: schema, path: path + [property], isReachable: isReachable, into: &found)
                }
            case "default", "const", "enum", "examples": continue  // values, not schemas
            default: try collectUnreachable(from: value, into: &found)
            }
        }
    }

    /// Looks for annotations below anything else, where there may be none.
    private static func collectUnreachable(
        from value: JSONNode,
        into found: inout [MirroredArgument]
    ) throws(Mistake) {
        for element in value.elements ?? [] { try collectUnreachable(from: element, into: &found) }
        if value.kind == .object { try collect(from: value, path: [], isReachable: false, into: &found) }
    }

    private static func argument(
        _ annotation: JSONNode,
        schema: JSONNode,
        path: [String]
    ) throws(Mistake) -> MirroredArgument {
        guard let header = annotation.string, isToken(header) else {
            throw Mistake(message: "x-mcp-header must be a token of HTTP")
        }
        guard let kind = schema["type"]?.string.flatMap(Kind.init) else {
            throw Mistake(message: "x-mcp-header is for strings, integers and booleans")
        }
        return MirroredArgument(header: header, path: path, kind: kind)
    }

    private static func isToken(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "a")...UInt8(ascii: "z"):
                    true
                default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
                }
            }
    }
}

extension MirroredArgument {
    /// The whole name of the header.
    package var headerName: String { "Mcp-Param-\(header)" }

    /// What the header of a call with these arguments has to say; `nil` where the argument is missing, `null`, or not
    /// of the annotated type.
    package func headerText(in arguments: JSONNode) -> String? {
        var value = arguments
        for name in path {
            guard let next = value[name] else { return nil }
            value = next
        }
        switch kind {
        case .string: return value.string.map(HeaderText.encode)
        case .boolean: return value.bool.map { $0 ? "true" : "false" }
        case .integer: return value.integer.map { String($0) }
        }
    }

    /// Whether a header's text says what the body says.
    func agrees(_ text: String, with value: JSONNode) -> Bool {
        switch kind {
        case .string: value.string.map { isSameText($0, text) } ?? false
        case .boolean: value.bool.map { isSameText($0 ? "true" : "false", text) } ?? false
        case .integer:
            // Numerically, so that `42.0` is `42`; the header's number must be a JSON number too.
            (try? JSONDocument(text: text))?.root.integer.map { $0 == value.integer } ?? false
        }
    }
}
