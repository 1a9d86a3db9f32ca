import Crypto
import HTTP
import Identity
import JSON
import Matching
import Postgres
import Testing
import Tools

@testable import Catalog

@Suite("Dictionaries")
struct DictionariesTests {
    private let workspace = WorkspaceID(RowID(uuid: String(repeating: "a", count: 32))!)

    private func entry(_ words: [String]) -> Dictionaries.Entry {
        let words = words.map { (word: StoredWord(.name, Array($0.utf8)), uses: 1) }
        return Dictionaries.Entry(dictionary: WordDictionary(words, taskCount: words.count), horizon: "1")
    }

    /// A search's first flush.
    private func firstFlush(of query: String, _ dictionaries: Dictionaries) throws -> Read {
        var headers = HTTPHeaders()
        headers.append(.authorization, "Bearer " + AccessToken(for: workspace).text)
        let request = HTTPRequest(method: .post, target: "/", headers: headers, body: [], peer: "", arrival: .now)
        let authenticator = Authenticator(pepper: try #require(TokenPepper([UInt8](repeating: 1, count: 32))))
        let call = try ToolCall(
            .searchWorkspaceTasks, arguments: try JSONDocument(Array(#"{"query":"\#(query)"}"#.utf8)).root,
            from: try authenticator.credential(in: request, for: workspace.text),
            seal: try Seal(keys: [SealKey.random(id: 1)]))
        return try SearchFlow(call, dictionaries).read
    }

    private func reads(_ table: String, _ read: Read) -> Bool { read.statements.contains { $0.text.contains(table) } }

    @Test("that are cold are read by one of many searches that begin at once, and by later ones only what is new")
    func singleFlight() async throws {
        let dictionaries = Dictionaries()
        let flushes = try await withThrowingTaskGroup(of: Read.self) { group in
            for _ in 0..<64 { group.addTask { try self.firstFlush(of: "anna ruiz", dictionaries) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(flushes.count { reads("search_words", $0) } == 1)
        // Those that wait ask for words as typed meanwhile.
        #expect(flushes.allSatisfy { reads("search_tasks", $0) })
        // What needs no dictionary leaves the reading to others.
        #expect(try !reads("search_words", firstFlush(of: "#4711", dictionaries)))
        dictionaries.keep(entry(["anna", "ruiz"]), of: workspace.uuid)
        let warm = try firstFlush(of: "anna ruiz", dictionaries)
        #expect(warm.statements.contains { $0.text.contains("search_words") && $0.text.contains("s.born >=") })
    }

    @Test("are read by another search once the first has failed")
    func failure() throws {
        let dictionaries = Dictionaries()
        var first: Read? = try firstFlush(of: "anna ruiz", dictionaries)
        #expect(try reads("search_words", #require(first)))
        #expect(try !reads("search_words", firstFlush(of: "anna ruiz", dictionaries)))
        first = nil
        #expect(try reads("search_words", firstFlush(of: "anna ruiz", dictionaries)))
    }

    private func isCaller(_ reader: Dictionaries.Reader) -> Bool {
        if case .caller = reader { true } else { false }
    }

    private func opening(_ reader: Dictionaries.Reader) -> Gate? {
        if case .other(let gate) = reader { gate } else { nil }
    }

    @Test("of one workspace are read while those of another are")
    func workspaces() throws {
        let dictionaries = Dictionaries()
        let readers = ["one", "one", "two"].map { dictionaries.reader(of: $0) }
        #expect(readers.map(isCaller) == [true, false, true])
        let gate = try #require(opening(readers[1]))
        #expect(!gate.isOpen)
        dictionaries.keep(entry(["anna"]), of: "one")
        #expect(gate.isOpen)
        #expect(dictionaries.entry(of: "one")?.dictionary.count == 1)
        #expect(dictionaries.entry(of: "two") == nil)
        #expect(!isCaller(dictionaries.reader(of: "two")))
        withExtendedLifetime(readers) {}
    }

    @Test("that were given up let those go on who wait for them, and whoever comes next reads them")
    func givenUp() throws {
        let dictionaries = Dictionaries()
        var first: Dictionaries.Reader? = dictionaries.reader(of: "one")
        let gate = try #require(opening(dictionaries.reader(of: "one")))
        #expect(!gate.isOpen)
        withExtendedLifetime(first) { first = nil }
        #expect(gate.isOpen)
        let second = dictionaries.reader(of: "one")
        #expect(isCaller(second))
        // A claim that ends late ends no other.
        #expect(!isCaller(dictionaries.reader(of: "one")))
        withExtendedLifetime(second) {}
    }

    @Test("that were not used for the longest time go first when there is no room")
    func bound() {
        let entry = entry(["anna", "ruiz"])
        let dictionaries = Dictionaries(bytes: entry.dictionary.byteCount * 2)
        dictionaries.keep(entry, of: "one")
        dictionaries.keep(entry, of: "two")
        #expect(dictionaries.entry(of: "one") != nil)
        dictionaries.keep(entry, of: "three")
        #expect(dictionaries.entry(of: "two") == nil)
        #expect(dictionaries.entry(of: "one") != nil)
        #expect(dictionaries.entry(of: "three") != nil)
        #expect(dictionaries.byteCount == entry.dictionary.byteCount * 2)
        // What is gone is read anew, by one again.
        let reader = dictionaries.reader(of: "two")
        #expect(isCaller(reader))
        #expect(!isCaller(dictionaries.reader(of: "two")))
        withExtendedLifetime(reader) {}
    }
}
