import Matching
import Testing

@Suite("Names")
struct NameMatchTests {
    @Test(
        "match when all given words are the customer's",
        arguments: [
            ("Anna Schmidt", "Anna Schmidt"), ("schmidt anna", "Anna Schmidt"), ("SCHMIDT", "Anna Schmidt"),
            ("A Schmidt", "Anna A. Schmidt"), ("rene", "René Dupont"), ("RENÉ", "rene dupont"),
            ("o’brien", "Pat O'Brien"),
            ("Łukasz", "Lukasz Wójcik"), ("Ｗｏｊｃｉｋ", "Łukasz Wójcik"), ("Anna  -  Schmidt,", "Anna Maria Schmidt"),
            ("Anna Anna", "Anna Anna Schmidt"), ("李明", "李明"), ("김철", "김철"),
        ])
    func match(given: String, customer: String) {
        #expect(NameMatch.matches(given: given, customer: customer))
    }

    @Test(
        "do not match otherwise",
        arguments: [
            ("Ann Schmidt", "Anna Schmidt"), ("Anna Schmitt", "Anna Schmidt"), ("Anna Maria Schmidt", "Anna Schmidt"),
            ("A", "A Schmidt"), ("A B", "A B Schmidt"), ("", "Anna Schmidt"), ("...", "Anna Schmidt"), ("Anna", ""),
            ("Anna Anna", "Anna Schmidt"), ("12", "12 Monkeys"), ("김", "김 철수"), ("Schmid", "Schmidt"), ("", ""),
            ("AnnaSchmidt", "Anna Schmidt"),
        ])
    func mismatch(given: String, customer: String) {
        #expect(!NameMatch.matches(given: given, customer: customer))
    }

    @Test("have a bounded number of words")
    func bound() {
        let words = (0..<20).map { "word\($0)" }
        let customer = words.joined(separator: " ")
        #expect(NameMatch.matches(given: words.prefix(NameMatch.maxWords).joined(separator: " "), customer: customer))
        #expect(!NameMatch.matches(given: customer, customer: customer))
        let long = String(repeating: "a", count: NameMatch.maxBytes)
        #expect(NameMatch.matches(given: long, customer: long))
        #expect(!NameMatch.matches(given: long + "a", customer: long + "a"))
    }

    @Test("survive hostile text", arguments: HostileText.all)
    func hostile(text: HostileText) {
        #expect(!NameMatch.matches(given: text.value, customer: "Anna Schmidt"))
        #expect(!NameMatch.matches(given: "Anna", customer: text.value))
    }
}
