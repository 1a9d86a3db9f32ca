/// What a typed query asks for, decided from its text alone, before any look-up.
package enum SearchQuery: Sendable {
    /// This task or nothing: `#4711`, `T-4711`, `task 4711`.
    case number(Int64)
    /// Digits: a phone number or a part of one, and the task with that number where the digits may be one.
    case digits(PhoneDigits, number: Int64?)
    /// An e-mail address or a part of one that has an `@`.
    case email(EmailQuery)
    /// Words; and where they are one that may be a part of an address without its `@`, that part.
    case words(QueryWords, addressPart: String?)
    /// Nothing that could be looked for.
    case nothing

    /// How much of a query is read, in UTF-8 bytes.
    package static let maxBytes = 4_096

    /// Reads a query.
    ///
    /// - Parameters:
    ///   - text: What was typed.
    ///   - numberPrefix: The workspace's prefix of task numbers.
    package init(_ text: String, numberPrefix: String = "") {
        let text = text.prefix(bytes: Self.maxBytes).trimmedBlanks
        if let email = EmailQuery(text) {
            self = .email(email)
            return
        }
        let number = NumberMatch(text, prefix: numberPrefix)
        if let number, number.isExplicit {
            self = .number(number.number)
            return
        }
        if let digits = PhoneDigits(query: text, minDigits: 1) {
            guard digits.digits.utf8.count >= PhoneSearch.minDigits else {
                self = number.map { .number($0.number) } ?? .nothing
                return
            }
            self = .digits(digits, number: number?.number)
            return
        }
        let words = QueryWords(text)
        let part = Self.addressPart(text)
        self = words.isEmpty && part == nil ? .nothing : .words(words, addressPart: part)
    }

    /// One word with the marks or digits that addresses have.
    private static func addressPart(_ text: String) -> String? {
        guard text.utf8.count >= 3, text.utf8.count <= 254, text.utf8.allSatisfy(isAddressByte) else { return nil }
        let hasMark = text.utf8.dropFirst().dropLast().contains {
            $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-")
        }
        let hasDigit = text.utf8.contains { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        return hasMark || hasDigit ? Folding.fold(text) : nil
    }

    private static func isAddressByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"),
            UInt8(ascii: "+"):
            true
        default: false
        }
    }
}

extension String {
    /// Gives the longest beginning of at most `limit` UTF-8 bytes that does not cut a scalar.
    fileprivate func prefix(bytes limit: Int) -> String {
        guard utf8.count > limit else { return self }
        var end = utf8.index(utf8.startIndex, offsetBy: limit)
        while UTF8.isContinuation(utf8[end]) { end = utf8.index(before: end) }
        return String(self[..<end])
    }

    /// The text without blanks at its ends.
    fileprivate var trimmedBlanks: String {
        var scalars = unicodeScalars[...]
        while let last = scalars.last, last.properties.isWhitespace { scalars.removeLast() }
        return String(scalars.drop { $0.properties.isWhitespace })
    }
}
