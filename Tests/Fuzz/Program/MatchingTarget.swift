import Matching

extension FuzzTarget {
    /// What names, numbers, telephone numbers and addresses are compared by: what is typed on the first line, what is
    /// stored behind it.
    static let matching = FuzzTarget("matching") { bytes in
        let (lines, rest) = bytes.lines(1)
        let check = MatchingCheck(typed: lines[0].text, stored: rest.text)
        check.folds()
        check.splitsWords()
        check.readsPhones()
        check.readsContacts()
    }
}

private struct MatchingCheck {
    let typed: String
    let stored: String

    func folds() {
        for text in [typed, stored] {
            let folded = Folding.fold(text)
            require(folded.utf8.count <= 12 * text.utf8.count, "\(text.utf8.count) bytes became \(folded.utf8.count)")
            require(Folding.fold(folded).utf8.elementsEqual(folded.utf8), "Folded again, a text changes")
        }
    }

    func splitsWords() {
        let words = Folding.words(stored)
        require(words.count <= Folding.maxWords, "There are \(words.count) words")
        for word in words {
            require((1...Folding.maxWordBytes).contains(word.utf8.count), "\(word) is too long, or empty")
        }
        _ = NameMatch.matches(given: typed, customer: stored)
        let excerpt = Excerpt.around(Folding.words(typed), in: stored)
        require(excerpt.count <= Excerpt.maxCharacters, "An excerpt has \(excerpt.count) characters")
        require(!excerpt.contains("\n"), "An excerpt has a line break")
    }

    func readsPhones() {
        let countries = [nil, PhoneCountry("GB"), PhoneCountry("US"), PhoneCountry("RU"), PhoneCountry(typed)]
        let (typed, stored) = (PhoneDigits(typed), PhoneDigits(stored))
        for phone in [typed, stored] {
            require(phone.digits.utf8.count <= PhoneDigits.maxDigits, "\(phone.digits) is too long")
            require(phone.digits.utf8.allSatisfy { (0x30...0x39).contains($0) }, "\(phone.digits) has other characters")
            let again = PhoneDigits(phone.digits)
            require(again.digits == phone.digits || again.isInternational, "\(phone.digits) is read as \(again.digits)")
            for country in countries {
                let isLong = phone.digits.utf8.count >= PhoneDigits.minVerifyingDigits
                require(phone.verifies(phone, country: country) == isLong, "\(phone.digits) does not verify itself")
            }
        }
        for country in countries where typed.verifies(stored, country: country) {
            require(
                stored.matches(typed, country: country), "\(typed.digits) verifies \(stored.digits) and is not found")
        }
    }

    func readsContacts() {
        for text in [typed, stored] {
            if let email = EmailAddress(text) {
                require(!email.local.isEmpty && !email.domain.isEmpty, "\(email) is half an address")
                require(EmailQuery.address(email).matches(email), "\(email) is not itself")
                require(EmailQuery.domain(email.domain).matches(email), "\(email) is not of its domain")
            }
            if let number = NumberMatch(text, prefix: typed) { require(number.number > 0, "\(number) is no number") }
        }
    }
}
