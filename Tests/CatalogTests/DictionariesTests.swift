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

    /// The statements of a search's first flush.
    private func firstFlush(of query: String, _ dictionaries: Dictionaries) throws -> [String] {
        var headers = HTTPHeaders()
        headers.append(.authorization, "Bearer " + AccessToken(for: workspace).text)
        let request = HTTPRequest(method: .post, target: "/", headers: headers, body: [], peer: "", arrival: .now)
        let authenticator = Authenticator(pepper: try #require(TokenPepper([UInt8](repeating: 1, count: 32))))
        let call = try ToolCall(
            .searchWorkspaceTasks, arguments: try JSONDocument(Array(#"{"query":"\#(query)"}"#.utf8)).root,
            from: try authenticator.credential(in: request, for: workspace.text),
            seal: try Seal(keys: [SealKey.random(id: 1)]))
        return try SearchFlow(call, dictionaries).read.statements.map(\.text)
    }

    private func readsWords(_ statements: [String]) -> Bool { statements.contains { $0.contains("search_words") } }

    @Test("that are cold are read by one of many searches that begin at once, and by later ones only what is new")
    func singleFlight() async throws {
        let dictionaries = Dictionaries()
        let flushes = try await withThrowingTaskGroup(of: [String].self) { group in
            for _ in 0..<64 { group.addTask { try self.firstFlush(of: "anna ruiz", dictionaries) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(flushes.count { readsWords($0) } == 1)
        // Those that wait ask for words as typed meanwhile.
        #expect(flushes.allSatisfy { $0.contains { $0.contains("search_tasks") } })
        // What needs no dictionary leaves the reading to others.
        #expect(try !readsWords(firstFlush(of: "#4711", dictionaries)))
        dictionaries.keep(entry(["anna", "ruiz"]), of: workspace.uuid)
        let warm = try firstFlush(of: "anna ruiz", dictionaries)
        #expect(warm.contains { $0.contains("search_words") && $0.contains("s.born >=") })
    }

    @Test("of one workspace are read while those of another are")
    func workspaces() {
        let dictionaries = Dictionaries()
        #expect(dictionaries.claimLoad(of: "one"))
        #expect(!dictionaries.claimLoad(of: "one"))
        #expect(dictionaries.claimLoad(of: "two"))
        dictionaries.keep(entry(["anna"]), of: "one")
        #expect(dictionaries.entry(of: "one")?.dictionary.count == 1)
        #expect(dictionaries.entry(of: "two") == nil)
        #expect(!dictionaries.claimLoad(of: "two"))
    }

    @Test("are read by another search once the first has not come back")
    func failure() {
        let dictionaries = Dictionaries()
        let start = ContinuousClock.now
        #expect(dictionaries.claimLoad(of: "one", now: start))
        #expect(!dictionaries.claimLoad(of: "one", now: start + .seconds(4.9)))
        #expect(dictionaries.claimLoad(of: "one", now: start + .seconds(5)))
        // The second one has its own time.
        #expect(!dictionaries.claimLoad(of: "one", now: start + .seconds(9.9)))
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
        #expect(dictionaries.claimLoad(of: "two"))
        #expect(!dictionaries.claimLoad(of: "two"))
    }
}
