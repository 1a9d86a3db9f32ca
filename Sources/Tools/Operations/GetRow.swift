import Identity
import JSON
import Postgres

extension Tool {
    /// `get_<entity>`: one row in full, with what belongs to it.
    ///
    /// - Parameters:
    ///   - subject: What the permission to read is about.
    ///   - name: The tool's name, where it is not made from the entity's.
    package static func get(
        _ entity: Entity, _ subject: String, named name: String? = nil, _ description: String
    ) -> Tool {
        Tool(
            name: name ?? "get_" + entity.name,
            title: "Get " + entity.words,
            description: description,
            effects: .reading,
            permission: .read(subject),
            parameters: RecordReading.parameters(of: entity),
            output: RecordReading.output,
            body: .read { (call) throws(ToolError) in try RecordReading(entity, call).read }
        ).about(entity)
    }
}

/// How the arguments that name a row become its statement and its answer.
struct RecordReading: Sendable {
    private let entity: Entity
    private let call: ToolCall
    private let key: RowKey

    init(_ entity: Entity, _ call: ToolCall) throws(ToolError) {
        guard let key = call.arguments.key("id") else { throw entity.notFound }
        self.entity = entity
        self.call = call
        self.key = key
    }

    static func parameters(of entity: Entity) -> [Parameter] {
        var parameters = [entity.keyParameter]
        let relations = entity.relations.filter { !$0.isAlwaysIncluded }.map(\.name)
        if !relations.isEmpty { parameters.append(Parameter("include", .choices(relations), "")) }
        parameters.append(Parameter("fields", .names(EntityQuery.names(of: entity)), "Only these fields."))
        return parameters
    }

    static let output: JSONValue = [
        "type": "object", "properties": ["item": ["type": "object"]], "required": ["item"],
    ]

    var read: Read {
        let query = EntityQuery(entity: entity, workspace: call.workspace)
        let included = call.arguments.words("include") ?? []
        let relations = entity.relations.filter { $0.isAlwaysIncluded || included.contains($0.name) }
        let statement = query.record(query.named(key), call.arguments.words("fields"), including: relations)
        return Read([statement]) { (results, _) throws(ToolError) in
            guard results[0].rowCount == 1, let item = results[0].bytes(0, 0) else { throw entity.notFound }
            var writer = JSONWriter()
            writer.beginObject()
            writer.key("item")
            writer.write(raw: item)
            if let links = call.links(toRowIn: item, entity.name) { writer.write(links.name, links.value) }
            writer.endObject()
            let relationNames = relations.map(\.name)
            let untrusted = entity.untrusted(isInList: false, call.arguments.words("fields")).filter { path in
                entity[path.root] != nil || relationNames.contains(path.root)
            }
            return ToolAnswer(RawJSON(writer.bytes), untrusted: untrusted.under("item"))
        }
    }
}

extension Entity {
    /// The argument that names one row.
    package var keyParameter: Parameter { keyParameter("id") }

    /// The argument of this name that names one row.
    package func keyParameter(_ name: String) -> Parameter {
        Parameter(
            name, .key(prefix: prefix, isNumbered: number != nil),
            number == nil ? "\(prefix)_…" : "\(prefix)_… or number",
            isRequired: true)
    }

    /// What a caller is told who names a row that is not here.
    package var notFound: ToolError {
        ToolError(
            .notFound, "There is no such \(words) in this workspace.",
            hint: "Take the id from list_\(plural) or another result.")
    }
}
