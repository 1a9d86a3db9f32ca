import JSON

extension Untrusted {
    /// Removes what a reader cannot see, as often as it takes until nothing is left of it.
    ///
    /// - Controls, format and direction marks, fillers, tag characters, private and unassigned characters go. Line ends
    ///   of every kind become line feeds; tabs stay.
    /// - Joiners stay between letters of the scripts that they shape and inside emoji, one at a time; variation selectors
    ///   behind an emoji or an ideograph, one at a time. The tag characters of regional flags go as well: a flag is black
    ///   then.
    /// - So do references of HTML that stand for any of these, such as `&#x200b;` and `&ZeroWidthSpace;`, numbers
    ///   also without a semicolon, and all when their ampersand is a reference itself, up to 64 characters. Other references and
    ///   tags stay as the text that they are: results are no HTML, and `&lt;` must not become a tag on its way.
    ///
    /// Cleaning what is clean changes nothing.
    package static func cleaned(_ text: String) -> String {
        if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "&") || $0 == 10 || $0 == 9 }) {
            return text
        }
        var kept = KeptText()
        var isBehindReturn = false
        for scalar in text.unicodeScalars {
            defer { isBehindReturn = scalar == "\r" }
            switch scalar {
            case "\n": if !isBehindReturn { kept.append(scalar) }
            case "\r", "\u{85}", "\u{2028}", "\u{2029}": kept.append("\n")
            case "\u{200C}", "\u{200D}": kept.join(scalar)
            case _ where Invisible.isSelector(scalar): kept.select(scalar)
            case _ where Invisible.contains(scalar): break
            default: kept.append(scalar)
            }
        }
        return kept.text
    }

    /// Whether JSON may hold what ``cleaned(_:)`` would remove: one look at each byte, at eight of them at once where they are
    /// plain, and never wrong when it says no.
    static func maySuspect(_ json: [UInt8]) -> Bool {
        let bytes = json.span
        let end = bytes.count
        var index = 0
        while true {
            // Escapes, references, the last control of ASCII, and everything beyond it.
            index = bytes.next(UInt8(ascii: "\\"), UInt8(ascii: "&"), 0x7F, orWideFrom: index)
            guard index < end else { return false }
            let byte = bytes[index]
            index += 1
            if byte < 0x80 {
                if byte == UInt8(ascii: "&") || byte == 0x7F { return true }
                guard byte == UInt8(ascii: "\\"), index < end else { continue }
                // Quotes, backslashes, line feeds and tabs are the escapes of what may stay.
                switch bytes[index] {
                case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "n"), UInt8(ascii: "t"): index += 1
                default: return true
                }
            } else if byte >= 0xC2 {
                let second = index < end ? bytes[index] : 0
                let third = index + 1 < end ? bytes[index + 1] : 0
                if mayBegin(byte, second, third) { return true }
            }
        }
    }

    /// Whether these bytes may be the first ones of something invisible.
    private static func mayBegin(_ first: UInt8, _ second: UInt8, _ third: UInt8) -> Bool {
        switch first {
        case 0xC2: second < 0xA0 || second == 0xAD
        case 0xCD: second == 0x8F
        case 0xD8: second == 0x9C
        case 0xE1: second == 0x85 || second == 0x9E || second == 0xA0
        case 0xE2:
            second == 0x80 && (third < 0x90 || third > 0xA7) || second == 0x81 && third > 0x9F
                || second == 0xA0 && third == 0x80
        case 0xE3: second == 0x85 && third == 0xA4
        case 0xEE: true
        case 0xEF: second < 0xA4 || second == 0xB8 || second >= 0xBB
        // Emoji and ideographs beyond the first 65,536 characters.
        case 0xF0: second != 0x9F && second < 0xA0
        case 0xF1...: true
        default: false
        }
    }
}

/// Characters that nobody sees.
enum Invisible {
    static func contains(_ scalar: Unicode.Scalar) -> Bool {
        if scalar == "\n" || scalar == "\t" { return false }
        let properties = scalar.properties
        // The blank of braille, and the ends of annotations, look like nothing and have no other use in such text.
        if properties.isDefaultIgnorableCodePoint || scalar == "\u{2800}" || ("\u{FFF0}"..."\u{FFFB}").contains(scalar)
        {
            return true
        }
        switch properties.generalCategory {
        case .control, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: return true
        // Signs that stand before or around numbers are format characters as well, but they are seen.
        case .format: return !isNumberSign(scalar)
        default: return false
        }
    }

    private static func isNumberSign(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x0600...0x0605, 0x06DD, 0x070F, 0x0890...0x0891, 0x08E2, 0x110BD, 0x110CD: true
        default: false
        }
    }

    /// Selectors of the form of a character.
    static func isSelector(_ scalar: Unicode.Scalar) -> Bool {
        ("\u{FE00}"..."\u{FE0F}").contains(scalar) || ("\u{E0100}"..."\u{E01EF}").contains(scalar)
    }

    /// Whether a selector means something behind a character.
    static func selects(_ selector: Unicode.Scalar, behind scalar: Unicode.Scalar) -> Bool {
        selector == "\u{FE0E}" || selector == "\u{FE0F}" ? scalar.properties.isEmoji : scalar.properties.isIdeographic
    }

    /// Whether joiners mean something beside a character: it is an emoji, or of a script whose letters change beside each
    /// other.
    static func isJoined(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x0600...0x109F, 0x1780...0x18AF, 0x1A20...0x1BFF, 0xA800...0xABFF, 0xFB50...0xFDFF, 0xFE70...0xFEFC,
            0x10A00...0x11FFF, 0xFE0F:
            true
        case 0x2000...: scalar.properties.isEmoji
        default: false
        }
    }
}

/// A text while it is cleaned: only what stays is in it, so that what was broken in two by something invisible is whole.
private struct KeptText {
    private var scalars: [Unicode.Scalar] = []
    /// Where the last ampersand is, if a reference may begin with it.
    private var ampersand: Int?

    private static let longestReference = 64

    var text: String {
        var whole = self
        whole.closeReference(before: " ")
        whole.dropJoiner()
        var text = String.UnicodeScalarView()
        text.append(contentsOf: whole.scalars)
        return String(text)
    }

    mutating func append(_ scalar: Unicode.Scalar) {
        if !Invisible.isJoined(scalar) { dropJoiner() }
        closeReference(before: scalar)
        scalars.append(scalar)
        if scalar == "&" { ampersand = scalars.count - 1 }
        if scalar == ";" { dropReference(endsWithSemicolon: true) }
    }

    /// A joiner stays if it stands between two characters that join.
    mutating func join(_ joiner: Unicode.Scalar) {
        guard let last = scalars.last, Invisible.isJoined(last) else { return }
        scalars.append(joiner)
    }

    mutating func select(_ selector: Unicode.Scalar) {
        dropJoiner()
        guard let last = scalars.last, Invisible.selects(selector, behind: last) else { return }
        // A digit is an emoji too, and may be the last one of a reference.
        let count = scalars.count
        closeReference(before: selector)
        if scalars.count == count { scalars.append(selector) }
    }

    private mutating func dropJoiner() {
        guard let last = scalars.last, last == "\u{200C}" || last == "\u{200D}" else { return }
        // Behind the sign that takes a letter's vowel, it shapes the letter before it alone.
        if scalars.dropLast().last?.properties.canonicalCombiningClass != .virama { scalars.removeLast() }
    }

    /// Ends a reference without a semicolon where its digits end.
    private mutating func closeReference(before scalar: Unicode.Scalar) {
        guard ampersand != nil, scalar != ";", let last = scalars.last, last.isHexDigit, !scalar.isDecimalDigit
        else { return }
        dropReference(endsWithSemicolon: false, next: scalar)
    }

    /// Removes the reference at the end if it stands for what nobody sees.
    private mutating func dropReference(endsWithSemicolon: Bool, next: Unicode.Scalar? = nil) {
        guard let start = ampersand else { return }
        guard scalars.count - start <= Self.longestReference else {
            ampersand = nil
            return
        }
        let body = String(String.UnicodeScalarView(scalars[(start + 1)...]))
        guard Reference.isInvisible(body, endsWithSemicolon, next) else { return }
        scalars.removeSubrange(start...)
        ampersand = scalars.suffix(Self.longestReference).lastIndex(of: "&")
    }
}

/// What stands behind an ampersand in HTML.
private enum Reference {
    private static let names: Set<Substring> = [
        "shy", "zwj", "zwnj", "lrm", "rlm", "ZeroWidthSpace", "NegativeVeryThinSpace", "NegativeThinSpace",
        "NegativeMediumSpace", "NegativeThickSpace", "NoBreak", "ApplyFunction", "af", "InvisibleTimes", "it",
        "InvisibleComma", "ic",
    ]

    /// - Parameters:
    ///   - body: The text behind the ampersand, with the semicolon.
    ///   - next: What follows, where there is no semicolon.
    static func isInvisible(_ body: String, _ endsWithSemicolon: Bool, _ next: Unicode.Scalar?) -> Bool {
        var rest = Substring(endsWithSemicolon ? String(body.dropLast()) : body)
        // The ampersand may be written as a reference, and that one's as well.
        while let end = rest.firstIndex(of: ";"), isAmpersand(rest[..<end]) { rest = rest[rest.index(after: end)...] }
        if rest.contains(";") { return false }
        guard let scalar = number(rest, next) else { return endsWithSemicolon && names.contains(rest) }
        // Joiners by reference are nobody's letters.
        return Invisible.contains(scalar) || Invisible.isSelector(scalar)
    }

    private static func isAmpersand(_ body: Substring) -> Bool {
        body == "amp" || body == "AMP" || number(body, nil) == "&"
    }

    private static func number(_ body: Substring, _ next: Unicode.Scalar?) -> Unicode.Scalar? {
        guard body.first == "#" else { return nil }
        let isHex = body.dropFirst().first.map { $0 == "x" || $0 == "X" } ?? false
        let digits = body.dropFirst(isHex ? 2 : 1)
        // The digits of a reference without a semicolon go on as far as they can.
        if let next, isHex, next.isHexDigit { return nil }
        let significant = digits.drop { $0 == "0" }
        guard !digits.isEmpty, significant.utf8.count <= 8,
            digits.unicodeScalars.allSatisfy({ isHex ? $0.isHexDigit : $0.isDecimalDigit })
        else { return nil }
        let value = significant.isEmpty ? 0 : UInt32(significant, radix: isHex ? 16 : 10) ?? 0xFFFF_FFFF
        // Browsers take these for the dashes and quotation marks of Windows.
        if (0x80...0x9F).contains(value) { return nil }
        // What is no character is shown as nothing, or as a mark of an error: nobody needs it.
        return Unicode.Scalar(value) ?? "\u{0}"
    }
}

extension Unicode.Scalar {
    fileprivate var isDecimalDigit: Bool { ("0"..."9").contains(self) }
    fileprivate var isHexDigit: Bool { isDecimalDigit || ("a"..."f").contains(self) || ("A"..."F").contains(self) }
}
