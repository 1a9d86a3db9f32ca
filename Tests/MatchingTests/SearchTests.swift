import Matching
import Testing

@Suite("A search")
struct SearchTests {
    private let task = SearchDocument(
        number: 1042,
        title: "Furnace repair at Rémi’s",
        description: "The furnace on the second floor leaks. Call before noon.",
        customerNames: ["Anna Nguyễn"],
        companies: ["Müller Heizung"],
        phones: ["+1 (703) 597-4534"],
        emails: ["Anna@Example.com"],
        labels: ["urgent"],
        answers: ["Blue door"]
    )

    @Test(
        "finds a task and says where",
        arguments: [
            ("1042", .number, .exactNumber), ("#1042", .number, .exactNumber), ("tkt-1042", .number, .exactNumber),
            ("7035974534", .phone, .exactContact), ("(703) 597-4534", .phone, .exactContact),
            ("74534", .phone, .exactContact),
            ("anna@example.com", .email, .exactContact), ("@EXAMPLE.COM", .email, .exactContact),
            ("nguyen", .customerName, .namePrefix),
            ("nguyen ann", .customerName, .namePrefix), ("mull", .company, .namePrefix), ("remis", .title, .title),
            ("REPAIR FURNACE", .title, .title), ("second leaks", .description, .body), ("URGENT", .labels, .body),
            ("blue", .answers, .body), ("nguyen furnace", .customerName, .title), ("example", .email, .body),
        ] as [(String, SearchField, Evidence)])
    func found(query: String, field: SearchField, evidence: Evidence) throws {
        let hit = try #require(SearchQuery(query, numberPrefix: "TKT-").match(task))
        #expect(hit.matchedOn == field)
        #expect(hit.evidence == evidence)
        #expect(hit.missingWords == 0)
    }

    @Test(
        "does not find what is not there",
        arguments: [
            "1043", "7035974535", "4534", "bob@example.com", "@example.org", "nguyen boiler", "epair", "", "  ", "...",
        ])
    func notFound(query: String) {
        #expect(SearchQuery(query, numberPrefix: "TKT-").match(task) == nil)
    }

    @Test("relaxes to any word, but never a number or an address")
    func relaxing() throws {
        let hit = try #require(SearchQuery("nguyen boiler").match(task, relaxed: true))
        #expect(hit.missingWords == 1)
        #expect(hit.matchedOn == .customerName)
        #expect(SearchQuery("boiler valve").match(task, relaxed: true) == nil)
        #expect(SearchQuery("anna@example.org").match(task, relaxed: true) == nil)
        #expect(SearchQuery("703-597-9999").match(task, relaxed: true) == nil)
    }

    @Test("does not depend on case, width, marks or punctuation")
    func invariance() {
        for query in ["nguyen furnace", "NGUYEN, FURNACE!", "ｎｇｕｙｅｎ　ｆｕｒｎａｃｅ", "nguyễn–furnäce", "«Nguyen» (furnace)"] {
            let hit = SearchQuery(query).match(task)
            #expect(hit == SearchQuery("nguyen furnace").match(task), "\(query)")
            #expect(hit != nil)
        }
    }

    @Test("takes fewer than five digits for a number or text, never for a phone number")
    func fewDigits() {
        #expect(SearchQuery("4534").phone == nil)
        #expect(SearchQuery("4534").number?.number == 4534)
        #expect(SearchQuery("74534").phone?.digits == "74534")
        #expect(SearchQuery("#74534").phone == nil)
    }

    @Test("knows when there is nothing to look for", arguments: ["", " ", "!?", "\u{200B}", "’"])
    func empty(query: String) {
        #expect(SearchQuery(query).isEmpty)
    }

    @Test("is bounded whatever is typed", arguments: HostileText.all)
    func hostile(text: HostileText) {
        let query = SearchQuery(text.value)
        #expect(query.wordMatch.words.count <= WordMatch.maxWords)
        #expect(query.match(SearchDocument()) == nil)
        #expect(SearchQuery("furnace").match(SearchDocument(title: text.value, answers: [text.value])) == nil)
        let keys = SearchKeys(
            SearchDocument(title: text.value, description: text.value, phones: [text.value], emails: [text.value]))
        #expect(keys.words.count <= SearchKeys.maxWords)
        #expect(keys.reversedPhones.isEmpty)
        #expect(keys.emails.isEmpty)
    }

    @Test("finds by its index keys what it matches by its texts")
    func keys() {
        let keys = SearchKeys(task)
        #expect(keys.words.starts(with: ["anna", "nguyen", "muller", "heizung", "furnace", "repair", "at", "remis"]))
        #expect(Set(keys.words).count == keys.words.count)
        #expect(keys.reversedPhones == ["43547953071"])
        #expect(keys.emails.map(\.whole) == ["anna@example.com"])
        for query in ["nguyen furn", "leaks", "blue urgent", "mull"] {
            let words = SearchQuery(query).wordMatch.words
            #expect(words.allSatisfy { word in keys.words.contains { $0.hasPrefix(word) } })
        }
    }

    @Test("indexes the telling words when there are too many")
    func keyBound() {
        let description = (0..<5000).map { "word\($0)" }.joined(separator: " ")
        let keys = SearchKeys(SearchDocument(title: "Last", description: description, labels: ["label"]))
        #expect(keys.words.count == SearchKeys.maxWords)
        #expect(keys.words.prefix(3) == ["last", "label", "word0"])
    }
}

@Suite("Words")
struct WordMatchTests {
    @Test(
        "match as beginnings, each by a word of its own",
        arguments: [
            ("fur rep", "furnace repair", true), ("repair furnace", "furnace repair", true),
            ("fur furnace", "furnace repair", false),
            ("fur furnace", "furnace furnishing", true), ("furnace fur", "furnishing furnace", true),
            ("furnaces", "furnace", false),
            ("fur fur", "furnace", true), ("", "furnace", false), ("furnace", "", false),
        ])
    func all(query: String, text: String, isMatch: Bool) {
        #expect(WordMatch(query).matchesAll(in: Folding.words(text)) == isMatch)
    }

    @Test("count twelve at most, each once")
    func bound() {
        let query = (0..<20).flatMap { ["w\($0)", "w\($0)"] }.joined(separator: " ")
        #expect(WordMatch(query).words == (0..<12).map { "w\($0)" })
    }

    @Test("say which of them were found")
    func some() {
        #expect(WordMatch("boiler furnace valve").matched(in: ["furnace", "valves"]) == [1, 2])
    }
}
