import Matching
import Testing

@Suite("Phone digits")
struct PhoneDigitsTests {
    @Test(
        "match however the number was typed",
        arguments: [
            ("+1 (703) 597-4534", "7035974534"), ("703-597-4534", "7035974534"), ("001 703 597 4534", "7035974534"),
            ("001 703 597 4534", "703-597-4534"), ("+1 (703) 597-4534", "+1 703.597.4534"),
            ("703-597-4534", "+1 703 597 4534"), ("703-597-4534", "001 703 597 4534"),
            ("703-597-4534", "1-703-597-4534"),
            ("703-597-4534", "011 1 703 597 4534"), ("+1 703 597 4534", "1 703 597 4534"),
            ("(703) 597 4534", "５９７－４５３４"),
            ("+1 703 597 4534", "٧٠٣٥٩٧٤٥٣٤"), ("+1 703 597 4534 ext. 12", "7035974534"),
            ("+1 703 597 4534", "703-597-4534 ext 12"),
            ("+1 703 597 4534 x12", "7035974534"), ("+1 703 597 4534 #12", "7035974534"),
            ("tel:+1-703-597-4534;ext=12", "7035974534"),
            ("+44 (0)20 7946 0018", "+442079460018"), ("+44 20 7946 0018", "+44 (0)20 7946 0018"),
            ("020 7946 0018", "+44 20 7946 0018"),
            ("+44 20 7946 0018", "60018"), ("020 7946 0018", "020 7946 0018"),
        ])
    func match(stored: String, typed: String) {
        #expect(PhoneDigits(stored).matches(PhoneDigits(typed)))
    }

    @Test(
        "match with a trunk prefix when the country is known",
        arguments: [
            ("GB", "+44 20 7946 0018", "020 7946 0018"), ("GB", "+44 114 496 0123", "0114 496 0123"),
            ("GB", "020 7946 0018", "+44 20 7946 0018"), ("GB", "2079460018", "020 7946 0018"),
            ("GB", "020 7946 0018", "44 20 7946 0018"), ("RU", "+7 912 345-67-89", "8 (912) 345-67-89"),
            ("HU", "+36 1 234 5678", "06 1 234 5678"), ("US", "+1 703 597 4534", "0703 597 4534"),
            ("de", "+49 30 123456", "030 123456"), ("US", "703 597 4534", "1 703 597 4534"),
        ])
    func trunk(country: String, stored: String, typed: String) throws {
        let country = try #require(PhoneCountry(country))
        #expect(PhoneDigits(stored).matches(PhoneDigits(typed), country: country))
    }

    @Test(
        "do not match another number",
        arguments: [
            ("+1 703 597 4534", "7035974535"), ("+1 703 597 4534", "+44 703 597 4534"), ("+1 703 597 4534", "4534"),
            ("+1 703 597 4534", ""), ("", "7035974534"), ("4534", "7035974534"), ("597-4534", "703-597-4534"),
            ("+44 20 7946 0018", "020 7946 0018"), ("+1 703 597 4534", "703597"), ("12345", "99912345"),
        ])
    func mismatch(stored: String, typed: String) {
        #expect(!PhoneDigits(stored).matches(PhoneDigits(typed)))
    }

    @Test("do not take a foreign number for a national one")
    func foreign() throws {
        let country = try #require(PhoneCountry("US"))
        #expect(!PhoneDigits("(207) 946-0018").matches(PhoneDigits("+44 20 7946 0018"), country: country))
    }

    @Test(
        "verify a customer with seven digits or more",
        arguments: ["597-4534", "703 597 4534", "+1 703 597 4534", "3 597 4534"])
    func verify(given: String) {
        #expect(PhoneDigits(given).verifies(PhoneDigits("+1 (703) 597-4534")))
    }

    @Test(
        "do not verify with fewer digits, other digits or more than the number has",
        arguments: ["97-4534", "974534", "597-4535", "+44 703 597 4534", "9 1 703 597 4534", "", "0974534"])
    func noVerification(given: String) {
        let stored = PhoneDigits("+1 (703) 597-4534")
        #expect(!PhoneDigits(given).verifies(stored))
        #expect(!PhoneDigits(given).verifies(stored, country: PhoneCountry("US")))
    }

    @Test("do not verify against a stored number that is too short", arguments: ["", "4534", "974534"])
    func shortStored(stored: String) {
        #expect(!PhoneDigits("7035974534").verifies(PhoneDigits(stored)))
        #expect(!PhoneDigits(stored).verifies(PhoneDigits(stored)))
    }

    @Test("are found through the index exactly when they match")
    func probes() {
        var random = SeededRandom(seed: 3)
        let countries = [nil, PhoneCountry("US"), PhoneCountry("GB"), PhoneCountry("RU")]
        for _ in 0..<2000 {
            let national = String(
                (0..<Int.random(in: 4...10, using: &random)).map { _ in
                    Character("\(Int.random(in: 0...9, using: &random))")
                })
            let forms = ["", "0", "+44", "0044", "+1", "1", "8", "+7", "011 44 "].map { $0 + national }
            let stored = PhoneDigits(forms[Int.random(in: 0..<forms.count, using: &random)])
            let typed = PhoneDigits(forms[Int.random(in: 0..<forms.count, using: &random)])
            for country in countries {
                let probes = typed.probes(country: country)
                #expect(probes.find(stored.reversedDigits) == stored.matches(typed, country: country))
                #expect((probes.endings + probes.wholes).allSatisfy { $0.utf8.count >= 5 && $0.allSatisfy(\.isNumber) })
            }
        }
    }

    @Test("are reversed for an index on endings")
    func reversed() {
        #expect(PhoneDigits("+1 (703) 597-4534").reversedDigits == "43547953071")
        #expect(PhoneDigits("7035974534").probes().endings == ["4354795307"])
        #expect(PhoneDigits("7035974534").probes().wholes == [])
        #expect(
            PhoneDigits("020 7946 0018").probes(country: PhoneCountry("GB")).endings == ["81006497020", "8100649702"])
    }

    @Test(
        "are read from a query that is nothing but a number",
        arguments: [
            ("7035974534", "7035974534"), ("call 703-597-4534 ext 12", "7035974534"), ("Tel. 597 4534", "5974534"),
            ("70359", "70359"),
        ])
    func query(text: String, digits: String) {
        #expect(PhoneDigits(query: text)?.digits == digits)
    }

    @Test(
        "are not read from other queries",
        arguments: [
            "4534", "x4534", "furnace 7035974534", "12345@example.com", "703-597-4534 ext 12 broken", "", "call",
            "12345abc",
        ])
    func noQuery(text: String) {
        #expect(PhoneDigits(query: text) == nil)
    }

    @Test("survive hostile text", arguments: HostileText.all)
    func hostile(text: HostileText) {
        let digits = PhoneDigits(text.value)
        #expect(digits.digits.utf8.count <= PhoneDigits.maxDigits)
        #expect(PhoneDigits(query: text.value) == nil)
        #expect(!digits.matches(digits))
    }

    @Test("know countries by their code")
    func countries() {
        #expect(PhoneCountry("us")?.callingCode == "1")
        #expect(PhoneCountry("GB")?.callingCode == "44")
        #expect(PhoneCountry("KZ")?.trunkPrefixes == ["8", "0"])
        #expect(PhoneCountry("XX") == nil)
        #expect(PhoneCountry("") == nil)
    }
}
