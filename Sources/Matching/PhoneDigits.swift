/// A phone number reduced to what tells it apart: its digits, however it was typed.
///
/// Punctuation, extensions, international access codes (`+`, `00`, `011`) and a trunk zero in brackets are gone; digits of
/// other scripts are ASCII. Numbers are compared from the right, for that end is typed in every form.
package struct PhoneDigits: Sendable, Hashable {
    /// How many digits a query needs; fewer are a task number or text.
    package static let minQueryDigits = 5
    /// How many digits must agree to verify a customer.
    package static let minVerifyingDigits = 7
    /// More digits than this are no phone number.
    package static let maxDigits = 32

    /// The digits, without access code; empty if the text holds no phone number.
    package let digits: String
    /// Whether the number began with an access code, so that its first digits are a calling code.
    package let isInternational: Bool

    /// Reads the number in `text`: a stored one, or one that was given as a phone number.
    package init(_ text: String) {
        var reader = PhoneReader(text)
        (digits, isInternational) = reader.read()
    }

    /// Reads a search query as a phone number; `nil` unless it has enough digits and, apart from them, nothing but
    /// punctuation and words such as `call` or `ext`.
    package init?(query text: String, minDigits: Int = minQueryDigits) {
        var reader = PhoneReader(text)
        let (digits, isInternational) = reader.read()
        guard digits.utf8.count >= minDigits, !reader.hasForeignText else { return nil }
        self.digits = digits
        self.isInternational = isInternational
    }

    /// The digits from right to left: what an index on endings stores.
    package var reversedDigits: String { String(digits.reversed()) }

    /// Gives what to look for among stored ``reversedDigits`` when this number was typed.
    ///
    /// - Parameters:
    ///   - country: The workspace's country, if it has one: then a leading trunk prefix is also tried without it, and
    ///     its calling code is recognised without an access code.
    ///   - minDigits: How many digits must agree at least.
    package func probes(country: PhoneCountry? = nil, minDigits: Int = minQueryDigits) -> PhoneProbes {
        var endings = [digits]
        if !isInternational {
            for prefix in country?.trunkPrefixes ?? [] where digits.hasPrefix(prefix) {
                endings.append(String(digits.dropFirst(prefix.utf8.count)))
            }
        }
        var wholes: [String] = []
        if let national = nationalDigits(country), national.utf8.count >= Self.minVerifyingDigits {
            wholes = [national] + (country?.trunkPrefixes ?? ["0"]).map { $0 + national }
        }
        return PhoneProbes(
            endings: endings.filter { $0.utf8.count >= minDigits }.map { String($0.reversed()) },
            wholes: wholes.filter { $0.utf8.count >= minDigits }.map { String($0.reversed()) }
        )
    }

    /// Tells whether this stored number is found when `typed` is searched for.
    package func matches(_ typed: PhoneDigits, country: PhoneCountry? = nil) -> Bool {
        typed.probes(country: country).find(reversedDigits)
    }

    /// Tells whether this number, as somebody gave it, proves knowledge of a stored one: seven digits or more agree from
    /// the right, compared as in a search.
    package func verifies(_ stored: PhoneDigits, country: PhoneCountry? = nil) -> Bool {
        probes(country: country, minDigits: Self.minVerifyingDigits).find(stored.reversedDigits)
    }

    /// The digits as they are dialled inside of the number's country, without trunk digits.
    ///
    /// - Parameter country: Where a number without calling code belongs.
    package func national(_ country: PhoneCountry? = nil) -> String {
        if isInternational {
            return PhoneCountry.callingCode(of: digits).map { String(digits.dropFirst($0.utf8.count)) } ?? digits
        }
        if let code = country?.callingCode, digits.hasPrefix(code), digits.utf8.count >= code.utf8.count + 9 {
            return String(digits.dropFirst(code.utf8.count))
        }
        for trunk in country?.trunkPrefixes ?? ["0"] where digits.hasPrefix(trunk) && digits.utf8.count > 6 {
            return String(digits.dropFirst(trunk.utf8.count))
        }
        if digits.utf8.count == 11, digits.hasPrefix("1") { return String(digits.dropFirst()) }
        return digits
    }

    /// The digits without the calling code, if they have one that may be left out here.
    private func nationalDigits(_ country: PhoneCountry?) -> String? {
        let code: String?
        if let country {
            code = country.callingCode
        } else if isInternational {
            code = PhoneCountry.callingCode(of: digits)
        } else {
            // Eleven digits after a 1 are a North American number with its calling code, wherever one is.
            code = digits.utf8.count == 11 ? "1" : nil
        }
        guard let code, digits.hasPrefix(code) else { return nil }
        return String(digits.dropFirst(code.utf8.count))
    }
}

/// What to look for in an index of reversed digits; any one hit is a match.
package struct PhoneProbes: Sendable, Hashable {
    /// What a stored value must begin with. Digits only, so each is safe as a `LIKE` pattern before its `%`.
    package let endings: [String]
    /// What a stored value must be as a whole: national forms of a number that was typed with its calling code.
    package let wholes: [String]

    /// Tells whether a stored value, reversed, is a hit.
    package func find(_ reversedDigits: String) -> Bool {
        !reversedDigits.isEmpty
            && (endings.contains { reversedDigits.hasPrefix($0) } || wholes.contains(reversedDigits))
    }
}

/// Reads digits from folded text.
private struct PhoneReader {
    private let text: [Unicode.Scalar]
    private var position = 0
    private var digits: [UInt8] = []
    private var hasPlus = false
    private var isComplete = false
    /// Whether there was text that does not belong to a phone number.
    private(set) var hasForeignText = false

    init(_ text: String) {
        // A number and the words around it are short; what is longer is cut, and then no number by its length.
        let folded = Folding.fold(String(text.unicodeScalars.prefix(Self.maxScalars + 1)))
        self.text = Array(folded.unicodeScalars)
        hasForeignText = self.text.count > Self.maxScalars
    }

    mutating func read() -> (digits: String, isInternational: Bool) {
        while position < text.count, !isComplete { step() }
        // Words after an extension are looked at too: `ext 12` may end a query, `ext 12 broken` is text.
        while position < text.count { step() }
        guard digits.count <= PhoneDigits.maxDigits else { return ("", false) }
        let number = String(decoding: digits, as: UTF8.self)
        if hasPlus { return (number, true) }
        if number.hasPrefix("00"), digits.count >= 9 { return (String(number.dropFirst(2)), true) }
        // 0114 is an area code somewhere; with so many digits after it, 011 is the access code of North America.
        if number.hasPrefix("011"), digits.count >= 13 { return (String(number.dropFirst(3)), true) }
        return (number, false)
    }

    private mutating func step() {
        let scalar = text[position]
        if scalar.isASCIIDigit {
            if !isComplete { digits.append(UInt8(scalar.value)) }
            position += 1
        } else if scalar.isWordPart {
            readWord()
        } else {
            readPunctuation(scalar)
        }
    }

    private mutating func readWord() {
        let start = position
        while position < text.count, text[position].isWordPart, !text[position].isASCIIDigit { position += 1 }
        var word = ""
        word.unicodeScalars.append(contentsOf: text[start..<position])
        if Self.extensionWords.contains(word) {
            if digits.count >= PhoneDigits.minQueryDigits { isComplete = true }
        } else if !Self.fillerWords.contains(word) {
            hasForeignText = true
        }
    }

    private mutating func readPunctuation(_ scalar: Unicode.Scalar) {
        switch scalar {
        case "+" where digits.isEmpty: hasPlus = true
        case "#" where digits.count >= PhoneDigits.minQueryDigits: isComplete = true
        case "(" where !digits.isEmpty && text[position...].starts(with: ["(", "0", ")"] as [Unicode.Scalar]):
            position += 2
        case "@": hasForeignText = true
        default: break
        }
        position += 1
    }

    private static let maxScalars = 256
    private static let extensionWords: Set = ["ext", "extn", "extension", "x", "доб"]
    private static let fillerWords: Set = [
        "call", "cell", "ending", "fax", "mob", "mobile", "no", "nr", "number", "phone", "tel", "telephone",
    ]
}
