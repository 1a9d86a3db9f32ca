import Matching
import Testing

@Suite("Task numbers")
struct NumberMatchTests {
    @Test(
        "are read with and without a sign that they are one",
        arguments: [
            ("1042", 1042, false), ("#1042", 1042, true), ("TKT-0001", 1, true), ("tkt-1", 1, true), ("Tkt 1", 1, true),
            ("tkt1", 1, true), ("task 4711", 4711, true), ("Task #4711", 4711, true), ("T-4711", 4711, true),
            ("ticket no. 7", 7, true), ("№ 7", 7, true), ("＃１０４２", 1042, true),
            ("12345678", 12_345_678, false),
            ("4711?", 4711, false),
        ] as [(String, Int64, Bool)])
    func read(text: String, number: Int64, isExplicit: Bool) throws {
        let match = try #require(NumberMatch(text, prefix: "TKT-"))
        #expect(match.number == number)
        #expect(match.isExplicit == isExplicit)
    }

    @Test(
        "are not read from anything else",
        arguments: [
            "", "#", "0", "#0", "ABC-1", "1042a", "10 42", "10-42", "1.5", "-", "task", "furnace 3", "9999999999999999",
            String(repeating: "1", count: 1000), "TKT-TKT-1", "1042 furnace", " 0042 ",
        ])
    func other(text: String) {
        #expect(NumberMatch(text, prefix: "TKT-") == nil)
    }

    @Test("have a prefix only where the workspace has one")
    func prefix() {
        #expect(NumberMatch("WO-12", prefix: "WO")?.isExplicit == true)
        #expect(NumberMatch("TKT-12") == nil)
        #expect(NumberMatch("A-B 12", prefix: "A-B")?.number == 12)
    }
}
