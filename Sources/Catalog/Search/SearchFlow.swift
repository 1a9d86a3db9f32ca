import Identity
import JSON
import Matching
import Postgres
import Tools

/// One search, from what was asked to the answer: which statements leave in which flush.
///
/// The first flush asks for everything that the text alone tells: facts of the workspace, words born since this
/// process' snapshot of the dictionary, numbers and addresses as typed, tasks with all words as typed. Only where that
/// did not find what was meant another one asks for what is near. The last one reads the tasks for the answer.
struct SearchFlow: Sendable {
    private let call: ToolCall
    private let wishes: SearchWishes
    private let dictionaries: Dictionaries
    private let tables: SearchTables
    private let limit: Int
    private let after: [String]?
    private let finders: [Finder]
    private let texts: [SearchWishes.Words]
    private let prefixed: Int64?
    private let subject: any SearchSubject
    private let checks: RowFilters?
    private let isThorough: Bool

    /// What is known after the first flush.
    private struct Knowledge: Sendable {
        var country: PhoneCountry?
        var dictionary: WordDictionary?
        var isBounded = false
    }

    /// - Parameters:
    ///   - limit: How many rows a page has.
    ///   - after: Where the page before ended; see ``FoundRow/position``.
    ///   - checks: What else the first flush asks, and what is made of it.
    ///   - isThorough: Whether names that are near are looked for though some are as typed, and none are left out
    ///     because another one is nearer.
    init(
        _ wishes: SearchWishes, among subject: any SearchSubject, for call: ToolCall, _ dictionaries: Dictionaries,
        limit: Int, after: [String]? = nil, checks: RowFilters? = nil, isThorough: Bool = false
    ) {
        self.isThorough = isThorough
        self.call = call
        self.dictionaries = dictionaries
        self.wishes = wishes
        self.subject = subject
        self.limit = limit
        self.after = after
        self.checks = checks
        tables = SearchTables(subject)
        finders = wishes.finders
        texts = wishes.texts
        prefixed = subject.numbered(0) == nil ? nil : wishes.prefixedNumber
    }

    /// A search for tasks by the arguments of a call.
    init(_ call: ToolCall, _ dictionaries: Dictionaries) throws(ToolError) {
        let wishes = try SearchWishes(call.arguments)
        self.init(
            wishes, among: TaskSubject(call, status: wishes.status, fields: call.arguments.words("fields")), for: call,
            dictionaries, limit: Int(call.arguments.integer("limit") ?? 10),
            after: try Cursor(of: call, width: 3)?.position)
    }

    private var workspace: String { call.credential.workspace.uuid }
    private var needsDictionary: Bool { !texts.isEmpty || finders.contains(where: \.needsDictionary) }

    // MARK: First flush

    /// The first flush, and what follows from its rows.
    var read: Read {
        let known = needsDictionary ? dictionaries.entry(of: workspace) : nil
        let reader = needsDictionary && known == nil ? dictionaries.reader(of: workspace) : nil
        let loading: Gate? = if case .other(let gate) = reader { gate } else { nil }
        let dictionaryRead = needsDictionary && loading == nil ? DictionaryRead(call.workspace, known: known) : nil
        let fromFinders = finders.map { $0.statements(tables) }
        let addressParts = texts.compactMap(\.addressPart).map { Finder.addressPart($0) }
        let fromParts = finders.isEmpty ? addressParts.map { $0.statements(tables) } : []
        let number = finders.isEmpty ? prefixed.map { tables.numbered($0) } : nil
        var search = TextSearches(texts, in: known?.dictionary, subject.keys, isThorough: isThorough)
        // The first tier that may offer anything; without a dictionary that is the exact one.
        let asked = finders.isEmpty ? search.next(after: nil).first : nil
        let firstSearch = search

        var statements = [tables.facts(dictionaryRead)]
        let findersStart = statements.count
        statements += fromFinders.joined()
        let partsStart = statements.count
        statements += fromParts.joined()
        let numberPlace = statements.count
        if let number { statements.append(number) }
        let exactPlace = statements.count
        if let asked { statements.append(statement(for: asked)) }
        let checksPlace = statements.count
        statements += checks?.checks ?? []
        return Self.read(statements) { (results) throws(ToolError) in
            // Whoever waits for the words finds them once this has taken them in, or reads them by itself.
            defer { if case .caller(let claim) = reader { claim.end() } }
            try self.checks?.verify(results[checksPlace...])
            var knowledge = Knowledge()
            knowledge.country = results[0].string(0, 0).flatMap { PhoneCountry($0) }
            let isNew = self.learn(dictionaryRead, results, known, &knowledge)
            // Letters before digits are a number where they are what such numbers begin with.
            let prefix = self.subject.numberPrefix ?? results[0].string(0, 1) ?? ""
            if number != nil, self.wishes.isNumber(underPrefix: prefix) {
                return self.finish(Finder.number(0).found(results[numberPlace...numberPlace], country: nil), knowledge)
            }
            if !self.finders.isEmpty {
                let slices = Self.slices(results, from: findersStart, counts: fromFinders.map(\.count))
                let found = zip(self.finders, slices).map { $0.found($1, country: knowledge.country) }
                if let loading, !self.texts.isEmpty || found.contains(where: \.isEmpty) {
                    return .wait(for: { loading }) { self.read }
                }
                return self.continueFinding(found, knowledge)
            }
            let slices = Self.slices(results, from: partsStart, counts: fromParts.map(\.count))
            let addressed = zip(addressParts, slices).flatMap { $0.found($1, country: nil) }
            if !addressed.isEmpty, self.texts.count == 1 { return self.finish(addressed, knowledge) }
            var search = firstSearch
            if isNew {
                // What is new may be what was meant.
                search = TextSearches(
                    self.texts, in: knowledge.dictionary, self.subject.keys, isThorough: self.isThorough)
                guard asked?.tier == .exact else { return self.searchOn(search, after: nil, knowledge) }
            }
            guard let asked else { return self.finish([], knowledge) }
            search.take(results[exactPlace], of: asked.tier)
            // Words as typed need no dictionary; for all else another call is just reading it.
            if let loading, !search.isEnough(after: .exact) { return .wait(for: { loading }) { self.read } }
            if isNew, !search.isEnough(after: .exact) { return self.searchOn(search, after: nil, knowledge) }
            return self.searchOn(search, after: asked, knowledge)
        }
    }

    /// A read whose statements keep their plans.
    private static func read(
        _ statements: [SQL], proceed: @escaping @Sendable ([QueryResult]) throws(ToolError) -> Read.Outcome
    ) -> Read {
        Read([SearchTables.keepsPlans] + statements) { (results, _) throws(ToolError) in
            try proceed(Array(results.dropFirst()))
        }
    }

    /// Takes in the words that were born since; returns whether there were any.
    private func learn(
        _ read: DictionaryRead?, _ results: [QueryResult], _ known: Dictionaries.Entry?, _ knowledge: inout Knowledge
    ) -> Bool {
        guard let read, results[0].rowCount == 1 else {
            knowledge.dictionary = known?.dictionary
            return false
        }
        let (entry, isNew) = read.entry(from: results[0], at: 2)
        if entry.horizon != known?.horizon || isNew { dictionaries.keep(entry, of: workspace) }
        knowledge.dictionary = entry.dictionary
        return isNew
    }

    private static func slices(_ results: [QueryResult], from start: Int, counts: [Int]) -> [ArraySlice<QueryResult>] {
        var start = start
        return counts.map { count in
            defer { start += count }
            return results[start..<start + count]
        }
    }

    // MARK: Numbers and addresses

    /// Goes on with slips for the facts that nothing agrees with.
    private func continueFinding(_ found: [[FoundRow]], _ knowledge: Knowledge) -> Read.Outcome {
        let open = found.indices.filter { found[$0].isEmpty && finders[$0].hasSlips }
        guard found.indices.allSatisfy({ !found[$0].isEmpty || finders[$0].hasSlips }) else {
            return finish([], knowledge)
        }
        guard !open.isEmpty else { return intersect(found, knowledge) }
        let statements = open.compactMap { finders[$0].slipStatement(tables, knowledge.dictionary) }
        return .more(
            Self.read(statements) { (results) throws(ToolError) in
                var found = found
                var customers: [String: StoredPhone] = [:]
                for (place, index) in open.enumerated() {
                    if self.finders[index].needsDictionary {
                        found[index] = self.finders[index].nearAddresses(results[place])
                        if found[index].isEmpty { return self.finish([], knowledge) }
                    } else {
                        customers = self.finders[index].nearCustomers(results[place], country: knowledge.country)
                        if customers.isEmpty { return self.finish([], knowledge) }
                    }
                }
                guard !customers.isEmpty else { return self.intersect(found, knowledge) }
                return self.readRows(of: customers, into: found, knowledge)
            })
    }

    private func readRows(
        of customers: [String: StoredPhone], into found: [[FoundRow]], _ knowledge: Knowledge
    ) -> Read.Outcome {
        .more(
            Self.read([tables.rows(ofOwners: customers.keys.sorted())]) { (results) throws(ToolError) in
                let rows = results[0]
                let tasks = (0..<rows.rowCount).compactMap { row -> FoundRow? in
                    guard let id = rows.string(row, 0), let stored = rows.string(row, 2).flatMap({ customers[$0] })
                    else {
                        return nil
                    }
                    return Finder.found(
                        .slip, stored, id: id, createdAt: rows.int64(row, 1) ?? 0, json: rows.bytes(row, 3))
                }
                return self.intersect(found.map { $0.isEmpty ? tasks : $0 }, knowledge)
            })
    }

    /// Keeps the tasks that every fact found, and compares their texts where words were asked for as well.
    private func intersect(_ found: [[FoundRow]], _ knowledge: Knowledge) -> Read.Outcome {
        var tasks: [String: FoundRow] = [:]
        for (index, list) in found.enumerated() {
            let before = tasks
            tasks = [:]
            for task in list where index == 0 || before[task.id] != nil {
                let best = [before[task.id], tasks[task.id]].compactMap { $0 }.filter { $0.score > task.score }.first
                tasks[task.id] = best ?? task
            }
        }
        guard !texts.isEmpty, !tasks.isEmpty else { return finish(Array(tasks.values), knowledge) }
        let kept = tasks.values.sorted(by: FoundRow.isBefore).prefix(SearchTables.bound).map(\.id)
        var search = TextSearches(texts, in: knowledge.dictionary, subject.keys)
        for tier in [TextSearch.Tier.exact, .near] { search.prepare(tier) }
        let prepared = search
        return .more(
            Self.read([tables.documents(of: kept)]) { (results) throws(ToolError) in
                var search = prepared
                search.take(results[0], of: .near)
                return self.finish(search.found, knowledge, explainedBy: search)
            })
    }

    // MARK: Words

    private func statement(for asked: TextSearches.Asked) -> SQL {
        if asked.tier == .likeness { return tables.names(asked.conjunctions) }
        return tables.documents(asked.conjunctions, isExact: asked.tier == .exact, taskCount: asked.taskCount)
    }

    private static func bound(of tier: TextSearch.Tier) -> Int {
        tier == .exact ? SearchTables.exactBound : SearchTables.bound
    }

    /// Asks for the next tiers, unless what was meant is found.
    private func searchOn(
        _ search: TextSearches, after asked: TextSearches.Asked?, _ knowledge: Knowledge
    ) -> Read.Outcome {
        var search = search
        var knowledge = knowledge
        var next: [TextSearches.Asked] = []
        if let asked, search.offered >= Self.bound(of: asked.tier) {
            // Where more was there than was expected, more words are looked up.
            next = [asked.whole].compactMap { $0 }
            if next.isEmpty { knowledge.isBounded = true }
        }
        if next.isEmpty {
            if let asked, search.isEnough(after: asked.tier) {
                return finish(search.found, knowledge, explainedBy: search)
            }
            next = search.next(after: asked?.tier)
        }
        guard !next.isEmpty else { return finish(search.found, knowledge, explainedBy: search) }
        let (tiers, before, known) = (next, search, knowledge)
        return .more(
            Self.read(tiers.map(statement)) { (results) throws(ToolError) in
                self.compare(tiers, results, before, known)
            })
    }

    /// Takes one tier after the other until what was meant is found.
    private func compare(
        _ tiers: [TextSearches.Asked], _ results: [QueryResult], _ search: TextSearches, _ knowledge: Knowledge
    ) -> Read.Outcome {
        var search = search
        var last: TextSearches.Asked?
        for (asked, rows) in zip(tiers, results) {
            search.take(rows, of: asked)
            last = asked
            if search.offered >= Self.bound(of: asked.tier) || search.isEnough(after: asked.tier) { break }
        }
        return searchOn(search, after: last, knowledge)
    }

    // MARK: The answer

    /// Reads one page of the tasks for the answer.
    ///
    /// - Parameter search: What found them, where their texts tell more about that.
    private func finish(
        _ found: [FoundRow], _ knowledge: Knowledge, explainedBy search: TextSearches? = nil
    ) -> Read.Outcome {
        guard found.allSatisfy(\.isDated) else { return finish(undated: found, knowledge, explainedBy: search) }
        let page = page(of: found)
        guard !page.isEmpty else { return .answer(answer([], knowledge)) }
        let unclear = page.filter(\.isToBeExplained).map(\.id)
        let items = page.compactMap { task in task.json.map { (task, $0) } }
        if items.count == page.count, search == nil || unclear.isEmpty { return .answer(answer(items, knowledge)) }
        let known = Dictionary(uniqueKeysWithValues: page.map { ($0.id, $0) })
        let statement = tables.items(page.map(\.id), explaining: search == nil ? [] : unclear)
        return .more(
            Self.read([statement]) { (results) throws(ToolError) in
                .answer(self.answer(self.items(results[0], of: known, explainedBy: search), knowledge))
            })
    }

    /// The same where only the rows tell which of equal ones is the newest.
    private func finish(
        undated found: [FoundRow], _ knowledge: Knowledge, explainedBy search: TextSearches?
    ) -> Read.Outcome {
        var best: [String: FoundRow] = [:]
        for row in found where row.score > best[row.id]?.score ?? -1 { best[row.id] = row }
        let candidates = best.values.sorted(by: FoundRow.isBefore).prefix(SearchTables.mostOrdered)
        let known = best
        let place = after.flatMap { FoundRow.place($0) }
        let page = tables.page(of: Array(candidates), after: place, limit: limit + 1)
        let unclear = search == nil ? [] : candidates.filter(\.isToBeExplained).map(\.id)
        return .more(
            Self.read([tables.items(onPage: page, explaining: unclear)]) { (results) throws(ToolError) in
                .answer(self.answer(self.items(results[0], of: known, explainedBy: search), knowledge))
            })
    }

    /// What the rows of a page bring: the JSON of each, its time where that was not known, and perhaps its texts.
    private func items(
        _ rows: QueryResult, of known: [String: FoundRow], explainedBy search: TextSearches?
    ) -> [(task: FoundRow, json: [UInt8])] {
        (0..<rows.rowCount).compactMap { place in
            guard let id = rows.string(place, 0), var row = known[id], let json = rows.bytes(place, 2) else {
                return nil
            }
            if let createdAt = rows.int64(place, 1) { row.createdAt = createdAt }
            if let search, rows.columnCount > SearchTables.pageWidth, !rows.isNull(place, SearchTables.pageWidth) {
                let text = subject.text(rows, place, from: SearchTables.pageWidth)
                row = search.explained(row, by: text.document)
            }
            return (row, json)
        }
    }

    /// The best of what was found behind the place that the caller's cursor tells, one more than a page shows.
    private func page(of found: [FoundRow]) -> [FoundRow] {
        var seen: Set<String> = []
        var page: [FoundRow] = []
        for task in found.sorted(by: FoundRow.isBefore) where seen.insert(task.id).inserted {
            if let after, !(task.isBehind(after) ?? false) { continue }
            page.append(task)
            if page.count > limit { break }
        }
        return page
    }

    /// - Parameter tasks: What the answer shows, each with its JSON.
    private func answer(_ tasks: [(task: FoundRow, json: [UInt8])], _ knowledge: Knowledge) -> ToolAnswer {
        let rows = tasks.map { ListPage.Row(item: $0.task.item($0.json, subject), position: $0.task.position) }
        var extra: [JSONMember] = []
        if tasks.contains(where: { $0.task.missing > 0 }) { extra.append(JSONMember("relaxed", true)) }
        if knowledge.isBounded || wishes.isCut { extra.append(JSONMember("bounded", true)) }
        if rows.isEmpty, after == nil {
            extra.append(JSONMember("tried", .array(subject.tried(wishes).map(JSONValue.string))))
            extra.append(JSONMember("hint", .string(subject.hint(wishes))))
        }
        return ListPage(rows, limit: limit).answer(
            to: call, extra: extra, untrusted: rows.isEmpty ? [] : subject.untrusted + FoundRow.untrusted)
    }
}
