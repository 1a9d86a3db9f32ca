import JSON

/// What is known of each schema in a document before any value is checked: the resource that it belongs to, where its
/// references lead, and its patterns.
struct SchemaIndex: Sendable {
    /// A schema with an address of its own: the document, or one in it that has an `$id`.
    struct Resource: Sendable {
        let address: SchemaAddress
        let root: JSONNode
        /// The schemas with a name, given by `$anchor` or `$dynamicAnchor`.
        var anchors: [String: JSONNode] = [:]
        var dynamicAnchors: [String: JSONNode] = [:]
    }

    /// One schema.
    struct Entry: Sendable {
        /// Which of the resources it belongs to.
        let resource: Int
        /// Where its `$ref` leads.
        var reference: JSONNode?
        /// Where its `$dynamicRef` leads, and the name by which a resource that was entered before may say otherwise.
        var dynamicReference: (target: JSONNode, name: String?)?
    }

    /// A reference that has been found and not yet followed.
    private struct Pending {
        let schema: JSONNode
        let keyword: String
        let text: String
    }

    private(set) var resources: [Resource] = []
    /// By the place of the schema in the document.
    private(set) var entries: [Int: Entry] = [:]
    private(set) var patterns: [String: LinearPattern] = [:]
    /// Whether the document is in draft-07, where `$ref` stands alone.
    let isDraft07: Bool
    private var addresses: [SchemaAddress: Int] = [:]
    private var pending: [Pending] = []
    private let limits: SchemaLimits

    init(_ schema: JSONNode, limits: SchemaLimits) throws(SchemaMistake) {
        self.limits = limits
        let dialect = schema["$schema"].map { $0.string ?? $0.raw.text } ?? Self.dialect
        isDraft07 = Self.draft07.contains(dialect)
        guard isDraft07 || dialect == Self.dialect || dialect == Self.dialect + "#" else {
            throw SchemaMistake(message: "The dialect \(dialect) is not supported")
        }
        resources = [Resource(address: SchemaAddress(""), root: schema)]
        addresses[resources[0].address] = 0
        try collect(schema, in: 0, depth: 0)
        while let next = pending.popLast() { try follow(next) }
    }

    private static let dialect = "https://json-schema.org/draft/2020-12/schema"
    private static let draft07: Set = [
        "http://json-schema.org/draft-07/schema", "http://json-schema.org/draft-07/schema#",
    ]
    /// Keywords whose value is a schema.
    private static let single: Set = [
        "additionalProperties", "additionalItems", "propertyNames", "items", "contains", "not", "if", "then", "else",
        "unevaluatedProperties", "unevaluatedItems",
    ]
    /// Keywords whose value is an array of schemas.
    private static let lists: Set = ["allOf", "anyOf", "oneOf", "prefixItems", "items"]
    /// Keywords whose value is an object of schemas.
    private static let maps: Set = [
        "properties", "patternProperties", "$defs", "definitions", "dependentSchemas", "dependencies",
    ]

    // MARK: Finding the schemas

    private mutating func collect(_ schema: JSONNode, in outer: Int, depth: Int) throws(SchemaMistake) {
        if schema.kind == .bool { return }
        guard schema.kind == .object else { throw SchemaMistake(message: "A schema is an object or a truth value") }
        guard entries[schema.place] == nil else { return }
        guard entries.count < limits.subschemas, depth <= limits.depth else {
            throw SchemaMistake(message: "The schema is too large")
        }
        let standsAlone = isDraft07 && schema["$ref"] != nil
        let resource = standsAlone ? outer : try resource(of: schema, in: outer, isRoot: depth == 0 && entries.isEmpty)
        entries[schema.place] = Entry(resource: resource)
        for keyword in ["$ref", "$dynamicRef"] {
            guard let reference = schema[keyword] else { continue }
            guard let text = reference.string else { throw SchemaMistake(message: "\(keyword) must be a text") }
            pending.append(Pending(schema: schema, keyword: keyword, text: text))
        }
        if let pattern = schema["pattern"]?.string { try compile(pattern) }
        for (name, value) in schema.members ?? [] {
            if Self.lists.contains(name), let elements = value.elements {
                for element in elements { try collect(element, in: resource, depth: depth + 1) }
            } else if Self.single.contains(name) {
                try collect(value, in: resource, depth: depth + 1)
            } else if Self.maps.contains(name) {
                for member in value.members ?? [] {
                    // Among `dependencies` there may be lists of names.
                    if name == "dependencies", member.value.kind == .array { continue }
                    if name == "patternProperties" { try compile(member.name) }
                    try collect(member.value, in: resource, depth: depth + 1)
                }
            }
        }
    }

    /// The resource that a schema belongs to; with an `$id` it is one of its own. Takes note of the schema's names.
    private mutating func resource(of schema: JSONNode, in outer: Int, isRoot: Bool) throws(SchemaMistake) -> Int {
        var resource = outer
        if let id = schema["$id"]?.string {
            if id.hasPrefix("#") {
                // The way in which draft-07 gives names.
                resources[outer].anchors[String(id.dropFirst())] = schema
            } else {
                let address = resources[outer].address.resolving(SchemaAddress(id)).withoutFragment
                guard addresses[address] == nil else { throw SchemaMistake(message: "The $id \(id) stands twice") }
                if isRoot {
                    addresses = [:]
                    resources[0] = Resource(address: address, root: schema)
                } else {
                    resource = resources.count
                    resources.append(Resource(address: address, root: schema))
                }
                addresses[address] = resource
            }
        }
        if let name = schema["$anchor"]?.string { resources[resource].anchors[name] = schema }
        if let name = schema["$dynamicAnchor"]?.string {
            resources[resource].anchors[name] = schema
            resources[resource].dynamicAnchors[name] = schema
        }
        return resource
    }

    private mutating func compile(_ pattern: String) throws(SchemaMistake) {
        guard patterns[pattern] == nil else { return }
        guard let compiled = LinearPattern(pattern) else {
            throw SchemaMistake(message: "The pattern \(pattern) cannot be matched in linear time")
        }
        patterns[pattern] = compiled
    }

    // MARK: Following references

    private mutating func follow(_ next: Pending) throws(SchemaMistake) {
        let mistake = SchemaMistake(message: "The reference \(next.text) leads nowhere in the schema")
        guard let entry = entries[next.schema.place] else { throw mistake }
        let address = resources[entry.resource].address.resolving(SchemaAddress(next.text))
        guard let resource = addresses[address.withoutFragment],
            let fragment = SchemaAddress.decoded(address.fragment ?? ""),
            let (target, home) = fragment.isEmpty || fragment.hasPrefix("/")
                ? pointed(to: fragment, in: resource)
                : resources[resource].anchors[fragment].map({ ($0, resource) }),
            target.kind == .object || target.kind == .bool
        else { throw mistake }
        // A pointer may lead to where no keyword has a schema.
        try collect(target, in: home, depth: 0)
        if next.keyword == "$ref" {
            entries[next.schema.place]?.reference = target
        } else {
            let isDynamic = resources[resource].dynamicAnchors[fragment]?.place == target.place
            entries[next.schema.place]?.dynamicReference = (target, isDynamic ? fragment : nil)
        }
    }

    /// What a JSON pointer leads to, and the resource that it is part of.
    private func pointed(to pointer: String, in resource: Int) -> (JSONNode, Int)? {
        var node = resources[resource].root
        var home = resource
        for step in pointer.split(separator: "/", omittingEmptySubsequences: false).dropFirst() {
            let name = Self.unescaped(step)
            guard let next = node[name] ?? Int(name).flatMap({ node[$0] }) else { return nil }
            node = next
            home = entries[node.place]?.resource ?? home
        }
        return (node, home)
    }

    /// A step of a JSON pointer: `~1` is a slash and `~0` a tilde.
    private static func unescaped(_ step: Substring) -> String {
        var text = String.UnicodeScalarView()
        var rest = step.unicodeScalars[...]
        while let scalar = rest.popFirst() {
            let isEscape = scalar == "~" && (rest.first == "0" || rest.first == "1")
            text.append(isEscape ? rest.popFirst() == "1" ? "/" : "~" : scalar)
        }
        return String(text)
    }
}
