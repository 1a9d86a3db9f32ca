import Matching

/// Phone numbers as the index of endings stores them.
enum StoredPhones {
    /// The digits of each number from right to left, each once; numbers that are too short or too long to be looked for
    /// by their digits are left out.
    static func reversed(_ phones: [String]) -> [String] {
        var found: [String] = []
        for phone in phones {
            let digits = PhoneDigits(phone).reversedDigits
            if (3...20).contains(digits.utf8.count), !found.contains(digits) { found.append(digits) }
        }
        return found
    }
}
