import Crypto
import Identity
import JSON
import Postgres
import Tools

extension Tool {
    /// What became of rows since a moment.
    static let getChanges = Tool(
        name: "get_changes",
        title: "Get changes",
        description: """
            Tells which rows were created, updated or deleted since a moment, oldest first, of the kinds that may be read \
            here. next_cursor goes on, also later.
            """,
        effects: .reading,
        parameters: [
            Parameter("since", .moment, "", isRequired: true).terse,
            Parameter("types", .names(Catalog.entities.keys.sorted()), "Such as contact."),
            Parameter("limit", .integer(1...100), "", standard: 50),
            Parameter("cursor", .text(maximum: 4096), "next_cursor of the answer before; goes before since.").terse,
            Parameter("summary", .boolean, "With counts.", standard: true),
        ],
        output: [
            "type": "object",
            "properties": [
                "items": ["type": "array", "items": ["type": "object"]], "next_cursor": ["type": "string"],
            ],
            "required": ["items", "next_cursor"],
        ],
        body: .read { (call) throws(ToolError) in try Changes(call).read }
    )
}

/// One call of ``Tool/getChanges``.
private struct Changes: Sendable {
    private let call: ToolCall
    private let entities: [Entity]
    private let limit: Int
    /// Microseconds since 1970, and the key of the last row that was told.
    private let position: (at: Int64, row: String)

    private static let first = String(repeating: "0", count: 32)

    init(_ call: ToolCall) throws(ToolError) {
        self.call = call
        let types = call.arguments.words("types")
        entities = Catalog.entities.values.sorted { $0.name < $1.name }.filter { types?.contains($0.name) ?? true }
        limit = Int(call.arguments.integer("limit") ?? 50)
        guard let cursor = call.arguments.text("cursor") else {
            position = (call.arguments.moment("since") ?? 0, Self.first)
            return
        }
        let bytes = call.seal.open(cursor, context: Self.context(call)) ?? []
        let parts = String(decoding: bytes, as: UTF8.self).split(separator: " ")
        guard parts.count == 2, let at = Int64(parts[0]) else { throw Self.refusal }
        position = (at, String(parts[1]))
    }

    private static func context(_ call: ToolCall) -> [UInt8] { Array("changes".utf8) + call.credential.binding }

    private static var refusal: ToolError {
        ToolError(problems: [
            .init(
                "cursor", "`cursor` can be the `next_cursor` of the answer before; leave it out to start with `since`.")
        ])
    }

    /// A statement for what is there of each kind, and one for what is deleted, each by its index of what was touched; what
    /// the caller may not read is left out of the answer.
    var read: Read {
        let parts = entities.flatMap { entity in
            (entity.isSoftlyDeleted ? [false, true] : [false]).map { (entity: entity, isDeleted: $0) }
        }
        return Read(parts.map { statement($0.entity, isDeleted: $0.isDeleted) }) {
            (results, principal) throws(ToolError) in
            let readable = Catalog.readable(by: principal.access, in: call.registry).map(\.name)
            var rows: [Row] = []
            for (part, result) in zip(parts, results) where readable.contains(part.entity.name) {
                rows += (0..<result.rowCount).compactMap { Row(part.entity, result, $0) }
            }
            rows.sort { ($0.at, $0.key) < ($1.at, $1.key) }
            return answer(rows)
        }
    }

    private func statement(_ entity: Entity, isDeleted: Bool) -> SQL {
        let state = entity.isSoftlyDeleted ? "AND t.deleted_at IS \(isDeleted ? "NOT " : "")NULL" : ""
        let since: SQL = "to_timestamp(\(position.at)::bigint / 1e6)"
        let action: SQL =
            isDeleted
            ? "'deleted'" : "CASE WHEN t.created_at >= \(since) AND t.version = 1 THEN 'created' ELSE 'updated' END"
        return """
            SELECT (extract(epoch FROM t.updated_at) * 1000000)::bigint, replace(t.id::text, '-', ''),
                json_build_object('entity', \(entity.name)::text, 'id', public_id(\(entity.prefix), t.id),
                    'name', left(t.\(verbatim: entity.title)::text, 200), 'action', \(action),
                    'version', t.version, 'at', rfc3339(t.updated_at)),
                \(action)
            FROM \(verbatim: entity.table) AS t
            WHERE t.workspace_id = \(call.workspace) \(verbatim: state)
                AND (t.updated_at, t.id) > (\(since), \(position.row)::uuid)
            ORDER BY t.updated_at, t.id LIMIT \(Int64(limit) + 1)::bigint
            """
    }

    private func answer(_ rows: [Row]) -> ToolAnswer {
        let shown = rows.prefix(limit)
        let end = shown.last.map { ($0.at, $0.key) } ?? (position.at, position.row)
        var members = [
            JSONMember("items", .array(shown.map { .raw(RawJSON($0.json)) })),
            JSONMember(
                "next_cursor", .string(call.seal.seal(Array("\(end.0) \(end.1)".utf8), context: Self.context(call)))),
            JSONMember("has_more", .bool(rows.count > limit)),
        ]
        if call.arguments.boolean("summary") != false {
            var counts: [(name: String, counts: [String: Int64])] = []
            for row in shown {
                if counts.last(where: { $0.name == row.entity }) == nil { counts.append((row.entity, [:])) }
                guard let place = counts.firstIndex(where: { $0.name == row.entity }) else { continue }
                counts[place].counts[row.action, default: 0] += 1
            }
            let told = counts.map { kind in
                JSONMember(
                    kind.name,
                    .object(kind.counts.sorted { $0.key < $1.key }.map { JSONMember($0.key, .integer($0.value)) }))
            }
            members.insert(JSONMember("summary", .object(told)), at: 0)
        }
        let kinds = Set(shown.map(\.entity)).compactMap { Catalog.entities[$0]?.untrustedTitle }
        let kind = kinds.contains(.body) ? UntrustedPath.Kind.body : kinds.first
        return ToolAnswer(
            RawJSON(.object(members)), untrusted: kind.map { [UntrustedPath("items[].name", $0)] } ?? [])
    }

    private struct Row {
        let entity: String
        let at: Int64
        let key: String
        let json: [UInt8]
        let action: String

        init?(_ entity: Entity, _ rows: QueryResult, _ row: Int) {
            guard let at = rows.int64(row, 0), let key = rows.string(row, 1), let json = rows.bytes(row, 2),
                let action = rows.string(row, 3)
            else { return nil }
            (self.entity, self.at, self.key, self.json, self.action) = (entity.name, at, key, json, action)
        }
    }
}
