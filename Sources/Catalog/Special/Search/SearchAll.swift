import Identity
import JSON
import Tools

extension Tool {
    /// Everything of every kind that the caller may read, by whatever somebody remembers of it.
    static func searchAll(_ entities: [Entity], with dictionaries: Dictionaries) -> Tool {
        let kinds = [SearchedKind.tasks] + entities.compactMap(SearchedKind.init)
        return Tool(
            name: "search_all",
            title: "Search everything",
            description: """
                Finds tasks, contacts, companies and more by names, words, phone digits, an e-mail address or a number, \
                as typed and nearly so. Items tell what they are (entity), what matched and whether that is exact. more names the \
                types of which there is more than limit: search them by themselves.
                """,
            effects: .reading,
            permission: .read("projects"),
            parameters: [
                Parameter(
                    "query", .text(maximum: 1_000), "Names, words, phone digits, an e-mail address or a number.",
                    isRequired: true),
                Parameter("types", .choices(kinds.map(\.word)), "Only these types."),
                Parameter("limit", .integer(1...25), "Items of each type.", standard: 10),
                Parameter("fields", .names(names(entities)), ""),
                ResultFormat.parameter,
            ],
            output: RecordSearch.output,
            body: .read { (call) throws(ToolError) in
                let asked = call.arguments.words("types")
                return try SearchAll(kinds.filter { asked?.contains($0.word) ?? true }, call, dictionaries).read
            }
        )
    }

    private static func names(_ entities: [Entity]) -> [String] {
        var names = TaskItem.fields
        for name in entities.flatMap({ RowFilters.names(of: $0) }) where !names.contains(name) { names.append(name) }
        return names
    }
}

/// A kind of rows that is searched together with others.
private struct SearchedKind: Sendable {
    /// What callers call it.
    let word: String
    let permission: Permission
    /// `nil` for tasks.
    let entity: Entity?
    /// What an item may show.
    let fields: [String]

    static let tasks = SearchedKind("tasks", .read("tasks"), nil, TaskItem.fields)

    private init(_ word: String, _ permission: Permission, _ entity: Entity?, _ fields: [String]) {
        self.word = word
        self.permission = permission
        self.entity = entity
        self.fields = fields
    }

    init?(_ entity: Entity) {
        guard let search = entity.search else { return nil }
        self.init(
            entity.plural, .read(search.subject ?? entity.plural), entity, RowFilters.names(of: entity))
    }

    /// What an item says that it is. Rows have a type of their own.
    var name: String { entity?.name ?? "task" }
}

/// One search among several kinds of rows, and what is made of their answers.
private struct SearchAll: Sendable {
    private let kinds: [SearchedKind]
    private let parts: [Read.Part]
    private let call: ToolCall

    init(_ kinds: [SearchedKind], _ call: ToolCall, _ dictionaries: Dictionaries) throws(ToolError) {
        self.kinds = kinds
        self.call = call
        let limit = Int(call.arguments.integer("limit") ?? 10)
        let asked = call.arguments.words("fields")
        var parts: [Read.Part] = []
        for kind in kinds {
            let fields = asked.map { asked in kind.fields.filter(asked.contains) }
            let flow: SearchFlow
            if let entity = kind.entity {
                flow = try RecordSearch.flow(entity, call, dictionaries, limit: limit, fields: fields)
            } else {
                flow = SearchFlow(
                    try SearchWishes(query: call.arguments.text("query") ?? ""),
                    among: TaskSubject(call, fields: fields),
                    for: call, dictionaries, limit: limit)
            }
            let permission = kind.permission
            parts.append(Read.Part(flow.read) { $0.access.grants(permission) })
        }
        self.parts = parts
    }

    var read: Read { Read.all(parts) { (answers, _) throws(ToolError) in try answer(answers) } }

    private func answer(_ answers: [ToolAnswer?]) throws(ToolError) -> ToolAnswer {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("items")
        writer.beginArray()
        var (more, searched): ([JSONValue], [JSONValue]) = ([], [])
        var (isEmpty, isCut, size) = (true, false, 0)
        var tried: [String] = []
        var untrusted: [UntrustedPath] = []
        for (kind, answer) in zip(kinds, answers) {
            guard let answer else { continue }
            searched.append(.string(kind.word))
            untrusted += answer.untrusted.filter { !untrusted.contains($0) }
            let root = try answer.root
            for item in root["items"]?.elements ?? [] {
                isEmpty = false
                let next = size + call.format.size(of: item.raw.bytes) + 32
                guard next < ResultBudget.bytes - 2_048 else {
                    isCut = true
                    continue
                }
                size = next
                writer.beginObject()
                writer.write("entity", .string(kind.name))
                for (name, value) in item.members ?? [] {
                    writer.key(name)
                    writer.write(raw: value.raw)
                }
                writer.endObject()
            }
            if root["next_cursor"] != nil { more.append(.string(kind.word)) }
            for text in (root["tried"]?.elements ?? []).compactMap(\.string) where !tried.contains(text) {
                tried.append(text)
            }
        }
        writer.endArray()
        writer.write("searched", .array(searched))
        if !more.isEmpty { writer.write("more", .array(more)) }
        if isCut { writer.write("truncated", true) }
        if isEmpty {
            writer.write("tried", .array(tried.map { .string($0) }))
            writer.write("hint", "Nothing that you may read matches. Ask for another fact, or search one type alone.")
        }
        writer.endObject()
        return ToolAnswer(RawJSON(writer.bytes), untrusted: untrusted, to: call)
    }
}
