import JSON
import Matching
import Postgres
import Tools

extension Tool {
    /// Tasks by whatever somebody remembers of them.
    static let searchWorkspaceTasks = Tool(
        name: "searchWorkspaceTasks",
        title: "Search tasks",
        description: """
            Finds tasks by whatever is known: put a customer's name, phone digits in any punctuation, an e-mail \
            address, a task number or words of the task into query, or use the named arguments, which must all match. \
            Every hit says in matched_on what it matched; relaxed means that no task has all words. An empty result \
            says what was tried.
            """,
        effects: .reading,
        parameters: [
            Parameter("query", .text(maximum: 1_000), "A name, phone digits, e-mail address, task number or words."),
            Parameter("customerName", .text(maximum: 200), "Words of the customer's or company's name."),
            Parameter("phone", .text(maximum: 60), "Digits of a phone number, at least 5, in any punctuation."),
            Parameter("email", .text(maximum: 320), "An e-mail address, its part before the @, or @domain."),
            Parameter("taskNumber", .taskNumber, "The task's number."),
            Parameter("status", .choice(TaskWords.statuses), "Only tasks with this status."),
            .limit(standard: 10), .cursor,
            Parameter("fields", .choices(TaskItem.fields), "Only these fields of each task."),
        ],
        output: ListSchema.of(
            TaskItem.schema,
            extra: [
                JSONMember("relaxed", ["type": "boolean"]),
                JSONMember("bounded", ["type": "boolean"]),
                JSONMember("tried", ["type": "array", "items": ["type": "string"]]),
                JSONMember("hint", ["type": "string"]),
            ]
        ),
        body: .read { (call) throws(ToolError) in
            let search = try TaskSearch(call)
            let statements = [
                TaskCandidates.facts(of: call.workspace), search.candidates.statement(isRelaxed: false),
                search.candidates.statement(isRelaxed: true),
            ]
            return Read(statements) { (results, _) throws(ToolError) in search.answer(results) }
        }
    )
}

/// One search: what was asked for, and how candidates become the answer.
struct TaskSearch: Sendable {
    let call: ToolCall
    let wishes: SearchWishes
    let candidates: TaskCandidates
    private let limit: Int
    private let after: RankKey?

    init(_ call: ToolCall) throws(ToolError) {
        self.call = call
        wishes = try SearchWishes(call.arguments)
        candidates = TaskCandidates(call, wishes)
        limit = Int(call.arguments.integer("limit") ?? 10)
        let position = try Cursor(of: call, width: 1)?.position
        after = position.flatMap { RankKey(text: $0[0]) }
    }

    /// Compares the candidates with what was asked for and writes the page.
    func answer(_ results: [QueryResult]) -> ToolAnswer {
        let matcher = wishes.matcher(country: results[0].string(0, 0), numberPrefix: results[0].string(0, 1) ?? "")
        var hits = found(results[1], matcher, isRelaxed: false)
        let isRelaxed = hits.isEmpty && matcher.mayRelax
        if isRelaxed { hits = found(results[2], matcher, isRelaxed: true) }
        let page = Ranking.page(of: hits, after: after, limit: limit + 1) { $0.key }
        let rows = page.map { ListPage.Row(item: $0.item(matcher.words), position: [$0.key.text]) }
        var extra: [JSONMember] = []
        if isRelaxed, !rows.isEmpty { extra.append(JSONMember("relaxed", true)) }
        if max(results[1].rowCount, results[2].rowCount) >= TaskCandidates.bound {
            extra.append(JSONMember("bounded", true))
        }
        if rows.isEmpty, after == nil {
            extra.append(JSONMember("tried", .array(matcher.tried.map(JSONValue.string))))
            extra.append(
                JSONMember("hint", "Try fewer words, another spelling, or only the last digits of the phone number."))
        }
        return ListPage(rows, limit: limit).answer(to: call, extra: extra)
    }

    private func found(_ rows: QueryResult, _ matcher: SearchMatcher, isRelaxed: Bool) -> [FoundTask] {
        (0..<rows.rowCount).compactMap { row in
            let task = TaskCandidates.document(rows, row)
            guard let hit = matcher.match(task.document, isRelaxed: isRelaxed) else { return nil }
            let key = RankKey(hit, isOpen: task.isOpen, createdAt: task.createdAt, id: task.id)
            return FoundTask(hit: hit, key: key, document: task.document, json: rows.bytes(row, 0) ?? [])
        }
    }
}

/// A task that matched.
private struct FoundTask {
    let hit: SearchHit
    let key: RankKey
    let document: SearchDocument
    let json: [UInt8]

    /// The task's JSON with what matched, and an excerpt where that was a long text.
    func item(_ words: [String]) -> [UInt8] {
        var extra = JSONWriter()
        extra.beginObject()
        extra.write("matched_on", .string(hit.matchedOn.rawValue))
        if let excerpt = excerpt(words) { extra.write("excerpt", .string(excerpt)) }
        extra.endObject()
        let members = extra.bytes.dropFirst()
        let hasFields = json.count > 2
        return json.dropLast() + (hasFields ? [UInt8(ascii: ",")] : []) + members
    }

    private func excerpt(_ words: [String]) -> String? {
        switch hit.matchedOn {
        case .description, .answers:
            document.texts(of: hit.matchedOn).first { !$0.isEmpty }.map { Excerpt.around(words, in: $0) }
        default: nil
        }
    }
}
