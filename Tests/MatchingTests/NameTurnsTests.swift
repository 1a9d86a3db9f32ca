import Matching
import Testing

@Suite("A name's turns")
struct NameTurnsTests {
    @Test("begin with each of its words, folded")
    func turns() {
        #expect(
            NameTurns.turns("Élizabeth  Maria O’Brien") == [
                "elizabeth maria obrien", "maria obrien elizabeth", "obrien elizabeth maria",
            ]
        )
        #expect(NameTurns.turns("Łukasz") == ["lukasz"])
        #expect(NameTurns.turns("Anna Anna") == ["anna anna"])
        #expect(NameTurns.turns(" …! ") == [])
    }

    @Test(
        "begin with what is typed, however it is typed",
        arguments: [
            ("e", "Elizabeth Ruiz"), ("ELIZ", "Elizabeth Ruiz"), ("elizabeth r", "Elizabeth Ruiz"),
            ("Ruiz, Eli", "Elizabeth Ruiz"), ("ru", "Élizabeth Ruíz"), ("rémi", "Remi Dupont"), ("ｄｕｐ", "Rémi Dupont"),
            ("김", "김 철수"), ("철수", "김 철수"), ("3", "3 Monkeys"), (" dupont ", "Rémi Dupont"),
        ]
    )
    func found(typed: String, name: String) throws {
        let beginning = try #require(NameTurns.beginning(typed))
        #expect(NameTurns.turns(name).contains { $0.hasPrefix(beginning) })
    }

    @Test(
        "do not begin with anything else",
        arguments: [("liz", "Elizabeth Ruiz"), ("elizabeth x", "Elizabeth Ruiz"), ("elizabethr", "Elizabeth Ruiz")]
    )
    func notFound(typed: String, name: String) throws {
        let beginning = try #require(NameTurns.beginning(typed))
        #expect(!NameTurns.turns(name).contains { $0.hasPrefix(beginning) })
    }

    @Test("are nothing yet without a letter or a digit", arguments: ["", "  ", "'", "…"])
    func nothing(typed: String) {
        #expect(NameTurns.beginning(typed) == nil)
    }

    @Test("have a bounded size, and a long beginning still finds them")
    func bounds() throws {
        let name = (0..<40).map { "wörd\($0)" }.joined(separator: " ")
        let turns = NameTurns.turns(name)
        #expect(turns.count == NameTurns.maxTurns)
        #expect(turns.allSatisfy { $0.utf8.count <= NameTurns.maxBytes })
        #expect(NameTurns.beginning(name) == turns[0])
        let wide = String(repeating: "漢", count: 64) + " " + String(repeating: "字", count: 64)
        #expect(NameTurns.turns(wide).allSatisfy { $0.utf8.count <= NameTurns.maxBytes })
    }

    @Test("survive hostile text", arguments: HostileText.all)
    func hostile(text: HostileText) {
        #expect(NameTurns.turns(text.value).count <= NameTurns.maxTurns)
        let beginning = NameTurns.beginning(text.value)
        #expect(beginning == nil || NameTurns.turns(text.value).first == beginning)
    }
}
