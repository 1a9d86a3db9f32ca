/// Whether a name that somebody gave is a customer's name.
package enum NameMatch {
    /// Tells whether all words of `given` are words of `customer`, and at least one of them has two letters or more.
    ///
    /// Order, case, marks and punctuation do not count, but each word of the customer's answers for one given word only.
    /// All words are compared whatever the first ones yield. A given name over ``maxBytes`` is nobody's.
    package static func matches(given: String, customer: String) -> Bool {
        guard given.utf8.count <= maxBytes else { return false }
        let given = Folding.words(given).prefix(maxWords + 1)
        let customer = Folding.words(customer).prefix(maxCustomerWords)
        var isFree = [Bool](repeating: true, count: customer.count)
        var found = 0
        var hasWord = false
        for word in given {
            var position: Int?
            for (index, candidate) in customer.enumerated() where candidate == word && isFree[index] {
                position = index
            }
            if let position {
                isFree[position] = false
                found += 1
            }
            if isMoreThanAnInitial(word) { hasWord = true }
        }
        return hasWord && found == given.count && found <= maxWords
    }

    /// How many words a given name may have.
    package static let maxWords = 16
    /// How long a given name may be, in UTF-8 bytes.
    package static let maxBytes = 1024
    private static let maxCustomerWords = 64

    /// Counts letters as a reader sees them: a Hangul syllable, though several scalars, is one.
    private static func isMoreThanAnInitial(_ word: String) -> Bool {
        word.count { $0.unicodeScalars.first?.kind == .letter } >= 2
    }
}
