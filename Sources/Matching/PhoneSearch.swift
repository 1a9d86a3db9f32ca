/// How a stored phone number agrees with what was typed, the best first.
package enum PhoneAgreement: Int, Sendable, Comparable {
    /// The whole number, with or without calling code and trunk digits.
    case whole
    /// The end of the number.
    case ending
    /// The beginning of the number as it is dialled inside of its country.
    case beginning
    /// The whole number with one digit wrong, swapped, missing or added.
    case slip

    /// Orders the best first.
    package static func < (left: PhoneAgreement, right: PhoneAgreement) -> Bool { left.rawValue < right.rawValue }
}

/// A stored phone number as the index keeps it.
package struct StoredPhone: Sendable, Hashable {
    /// All digits, without access code.
    package let digits: String
    /// The digits as they are dialled inside of the country, without trunk digits.
    package let national: String

    /// The digits from right to left.
    package var reversed: String { String(digits.reversed()) }

    /// Reads a number as it was entered; `nil` if it has too few or too many digits to be looked for by them.
    ///
    /// - Parameter country: The workspace's country, whose numbers may be stored without calling code.
    package init?(_ text: String, country: PhoneCountry? = nil) {
        let phone = PhoneDigits(text)
        guard (3...20).contains(phone.digits.utf8.count) else { return nil }
        digits = phone.digits
        national = phone.national(country)
    }

    /// Takes what the index has stored.
    package init(digits: String, national: String) {
        self.digits = digits
        self.national = national
    }
}

/// What to look for in the index of phone numbers, and what agrees.
package struct PhoneSearch: Sendable {
    /// How many digits a query has at least.
    package static let minDigits = 4
    /// From how many digits on a beginning is looked for.
    package static let minBeginning = 5
    /// From how many digits on one may be wrong.
    package static let minSlip = 8

    /// What was typed.
    package let typed: PhoneDigits
    /// The digits that may be meant: as typed, without trunk digits, without the calling code.
    private let forms: [String]
    /// The same to compare with; what was typed is the first.
    private let digits: [[UInt8]]
    /// The forms in which a slip is looked for.
    private let words: [TypedWord]

    /// - Parameter country: The workspace's country, if it has one.
    package init(_ typed: PhoneDigits, country: PhoneCountry? = nil) {
        self.typed = typed
        forms = Self.forms(of: typed, country)
        digits = forms.map { Array($0.utf8) }
        let isLongEnough = digits[0].count >= Self.minSlip
        words = isLongEnough ? digits.filter { $0.count >= Self.minSlip - 1 }.map { TypedWord($0) } : []
    }

    private static func forms(of typed: PhoneDigits, _ country: PhoneCountry?) -> [String] {
        var forms = [typed.digits]
        func add(_ form: some StringProtocol) {
            if form.utf8.count >= minDigits, !forms.contains(String(form)) { forms.append(String(form)) }
        }
        if typed.isInternational {
            if let code = PhoneCountry.callingCode(of: typed.digits) {
                let rest = typed.digits.dropFirst(code.utf8.count)
                add(rest)
                // A trunk zero that was kept behind the calling code.
                if rest.hasPrefix("0") {
                    add(code + rest.dropFirst())
                    add(rest.dropFirst())
                }
            }
        } else if typed.digits.utf8.count >= 6 {
            let trunks = (country?.trunkPrefixes ?? []) + ["0", "8", "1", "06", "01"]
            for trunk in trunks where typed.digits.hasPrefix(trunk) { add(typed.digits.dropFirst(trunk.utf8.count)) }
        }
        return forms
    }

    /// Ranges of reversed digits in which an agreement may lie.
    package var endings: [String] {
        Array(Set(forms.map { String($0.suffix(7).reversed()) }.filter { !$0.isEmpty })).sorted()
    }

    /// Ranges of national digits in which a beginning may lie.
    package var beginnings: [String] { hasBeginnings ? [typed.digits] : [] }

    private var hasBeginnings: Bool {
        !typed.isInternational && (Self.minBeginning...11).contains(typed.digits.utf8.count)
    }

    /// Where numbers lie that have a slip in their last digits: those that begin so, and of them those that either go on
    /// as typed for longer or end as typed.
    package struct SlipRange: Sendable, Hashable {
        /// What the number as it is dialled inside of its country begins with.
        package let beginning: String
        /// What it begins with unless its end is as typed.
        package let longer: String
        /// The last two digits, from right to left.
        package let ending: String
    }

    /// Ranges in which a number with one slip may lie: before the last four digits, whose ranges of reversed digits come
    /// first, or in them. Of the last five digits one slip leaves the first two as they are or the last two.
    package var slips: (endings: [String], beginnings: [SlipRange]) {
        guard typed.digits.utf8.count >= Self.minSlip else { return ([], []) }
        var endings: Set<String> = []
        var beginnings: Set<SlipRange> = []
        for form in forms where form.utf8.count >= Self.minSlip - 1 {
            endings.insert(String(form.suffix(4).reversed()))
            var nationals = [form]
            if let code = PhoneCountry.callingCode(of: form) {
                nationals.append(String(form.dropFirst(code.utf8.count)))
            }
            for national in nationals where national.utf8.count >= 7 {
                beginnings.insert(
                    SlipRange(
                        beginning: String(national.dropLast(5).prefix(7)), longer: String(national.dropLast(3)),
                        ending: String(national.suffix(2).reversed())))
            }
        }
        return (endings.sorted(), beginnings.sorted { ($0.beginning, $0.longer) < ($1.beginning, $1.longer) })
    }

    /// Tells how a stored number agrees; `nil` if it does not, and for slips unless they are asked for.
    package func agreement(with stored: StoredPhone, allowingSlip: Bool = false) -> PhoneAgreement? {
        agreement(digits: Array(stored.digits.utf8), national: Array(stored.national.utf8), allowingSlip: allowingSlip)
    }

    /// The same of the digits alone, for thousands of numbers.
    package func agreement(digits stored: [UInt8], national: [UInt8], allowingSlip: Bool = false) -> PhoneAgreement? {
        var best: PhoneAgreement?
        func offer(_ agreement: PhoneAgreement) { best = best.map { min($0, agreement) } ?? agreement }
        for (place, form) in digits.enumerated() {
            if form == stored || (form == national && (form.count >= 6 || !typed.isInternational)) {
                offer(.whole)
            } else if place == 0 || form.count >= 7, stored.ends(with: form) {
                offer(.ending)
            } else if stored.count >= 7, form.count - stored.count <= 3, form.ends(with: stored) {
                offer(.whole)
            }
        }
        if best == nil, hasBeginnings, national.starts(with: digits[0]) || stored.starts(with: digits[0]) {
            best = .beginning
        }
        if best == nil, allowingSlip {
            let isSlip = words.contains { word in
                stored.count >= 7 && word.errors(to: stored[...], bound: 1) != nil
                    || national.count >= 7 && word.errors(to: national[...], bound: 1) != nil
            }
            if isSlip { best = .slip }
        }
        return best
    }
}

extension [UInt8] {
    fileprivate func ends(with other: [UInt8]) -> Bool {
        guard count >= other.count else { return false }
        for place in 1..<other.count + 1 where self[count - place] != other[other.count - place] { return false }
        return true
    }
}
