import Matching
import Testing

@Suite("A search for a phone number")
struct PhoneSearchTests {
    @Test(
        "looks for a slip where every number with one slip lies",
        arguments: ["030 1234567", "+49 30 1234567", "0049 30 1234567", "7035974534", "12345678", "+358 41 5554321"])
    func slips(typed: String) throws {
        let search = PhoneSearch(PhoneDigits(typed))
        let ranges = search.slips
        // What somebody has whose number was typed with one slip.
        for national in oneSlip(from: StoredPhone(digits: "", national: PhoneDigits(typed).national()).national) {
            for digits in [national, "49" + national, "358" + national, "1" + national] {
                let stored = StoredPhone(digits: digits, national: national)
                guard search.agreement(with: stored, allowingSlip: true) == .slip else { continue }
                let isFound =
                    ranges.endings.contains { stored.reversed.hasPrefix($0) }
                    || ranges.beginnings.contains {
                        national.hasPrefix($0.beginning)
                            && (national.hasPrefix($0.longer) || stored.reversed.hasPrefix($0.ending))
                    }
                #expect(isFound, "\(digits)")
            }
            #expect(
                search.agreement(with: StoredPhone(digits: national, national: national), allowingSlip: true) != nil,
                "\(national)")
        }
    }

    /// All digits with one wrong, two swapped, one missing or one too many.
    private func oneSlip(from text: String) -> Set<String> {
        let digits = Array(text)
        var found: Set<String> = []
        for place in 0...digits.count {
            for digit in "0123456789" {
                found.insert(String(digits[..<place] + [digit] + digits[place...]))
                if place < digits.count { found.insert(String(digits[..<place] + [digit] + digits[(place + 1)...])) }
            }
            if place < digits.count { found.insert(String(digits[..<place] + digits[(place + 1)...])) }
            if place + 1 < digits.count {
                var swapped = digits
                swapped.swapAt(place, place + 1)
                found.insert(String(swapped))
            }
        }
        found.remove(text)
        return found
    }

    @Test(
        "tells how a stored number agrees",
        arguments: [
            ("030 1234567", "+49 30 1234567", PhoneAgreement.whole), ("1234567", "+49 30 1234567", .ending),
            ("03012", "030 1234567", .beginning), ("030 1234576", "+49 30 1234567", .slip),
            ("030 12345678", "+49 30 1234567", .slip),
        ])
    func agreement(typed: String, stored: String, agreement: PhoneAgreement) throws {
        let stored = try #require(StoredPhone(stored, country: PhoneCountry("DE")))
        let search = PhoneSearch(PhoneDigits(typed), country: PhoneCountry("DE"))
        #expect(search.agreement(with: stored, allowingSlip: true) == agreement)
        #expect(search.agreement(with: stored) == (agreement == .slip ? nil : agreement))
    }
}
