import JSON

/// What a schema's references lead to, and its patterns, found once.
struct SchemaIndex: Sendable {
    private(set) var references: [String: JSONNode] = [:]
    private(set) var patterns: [String: LinearPattern] = [:]
    private var names: [String: JSONNode] = [:]
    private var count = 0
    private var pending: Set<String> = []
    private let root: JSONNode
    private let limits: SchemaLimits

    init(_ schema: JSONNode, limits: SchemaLimits) throws(SchemaMistake) {
        root = schema
        self.limits = limits
        if let dialect = schema["$schema"]?.string, !Self.dialects.contains(dialect) {
            throw SchemaMistake(message: "The dialect \(dialect) is not supported")
        }
        try collect(schema, depth: 0)
        for reference in pending { references[reference] = try resolve(reference) }
    }

    private static let dialects: Set = [
        "https://json-schema.org/draft/2020-12/schema", "https://json-schema.org/draft/2020-12/schema#",
        "http://json-schema.org/draft-07/schema", "http://json-schema.org/draft-07/schema#",
    ]
    /// Keywords whose value is a schema.
    private static let single: Set = [
        "additionalProperties", "propertyNames", "items", "contains", "not", "if", "then", "else",
        "unevaluatedProperties", "unevaluatedItems",
    ]
    /// Keywords whose value is an array of schemas.
    private static let lists: Set = ["allOf", "anyOf", "oneOf", "prefixItems", "items"]
    /// Keywords whose value is an object of schemas.
    private static let maps: Set = [
        "properties", "patternProperties", "$defs", "definitions", "dependentSchemas",
    ]

    private mutating func collect(_ schema: JSONNode, depth: Int) throws(SchemaMistake) {
        if schema.kind == .bool { return }
        guard schema.kind == .object else { throw SchemaMistake(message: "A schema is an object or a truth value") }
        count += 1
        guard count <= limits.subschemas, depth <= limits.depth else {
            throw SchemaMistake(message: "The schema is too large")
        }
        if let id = schema["$id"]?.string {
            // Names would mean other things within it.
            guard depth == 0 else { throw SchemaMistake(message: "A schema within the schema has an $id of its own") }
            names[id] = schema
        }
        for name in ["$anchor", "$dynamicAnchor"] {
            if let anchor = schema[name]?.string { names["#\(anchor)"] = schema }
        }
        for name in ["$ref", "$dynamicRef"] {
            if let reference = schema[name] {
                guard let text = reference.string else { throw SchemaMistake(message: "\(name) must be a text") }
                pending.insert(text)
            }
        }
        if let pattern = schema["pattern"]?.string { try compile(pattern) }
        for (name, value) in schema.members ?? [] {
            if Self.lists.contains(name), let elements = value.elements {
                for element in elements { try collect(element, depth: depth + 1) }
            } else if Self.single.contains(name) {
                try collect(value, depth: depth + 1)
            } else if Self.maps.contains(name) {
                for member in value.members ?? [] {
                    if name == "patternProperties" { try compile(member.name) }
                    try collect(member.value, depth: depth + 1)
                }
            }
        }
    }

    private mutating func compile(_ pattern: String) throws(SchemaMistake) {
        guard patterns[pattern] == nil else { return }
        guard let compiled = LinearPattern(pattern) else {
            throw SchemaMistake(message: "The pattern \(pattern) cannot be matched in linear time")
        }
        patterns[pattern] = compiled
    }

    private func resolve(_ reference: String) throws(SchemaMistake) -> JSONNode {
        let mistake = SchemaMistake(message: "The reference \(reference) leads nowhere in the schema")
        if let named = names[reference] { return named }
        let parts = reference.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let base = parts[0].isEmpty ? root : names[parts[0]]
        guard var node = base else { throw mistake }
        guard parts.count == 2, !parts[1].isEmpty else { return node }
        if !parts[1].hasPrefix("/") {
            guard let anchored = names["#\(parts[1])"] else { throw mistake }
            return anchored
        }
        for step in parts[1].split(separator: "/", omittingEmptySubsequences: false).dropFirst() {
            guard let name = Self.unescaped(step), let next = node[name] ?? Int(name).flatMap({ node[$0] }) else {
                throw mistake
            }
            node = next
        }
        guard node.kind == .object || node.kind == .bool else { throw mistake }
        return node
    }

    /// A step of a JSON pointer in a URI: percent-decoded, then `~1` and `~0`.
    private static func unescaped(_ step: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = Array(step.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%") {
                guard rest.count >= 2, let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
                else { return nil }
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        var text: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "~"), index + 1 < bytes.count {
                text.append(bytes[index + 1] == UInt8(ascii: "1") ? UInt8(ascii: "/") : UInt8(ascii: "~"))
                index += 2
            } else {
                text.append(bytes[index])
                index += 1
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}
