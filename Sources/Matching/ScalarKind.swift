extension Unicode.Scalar {
    /// What a folded scalar is to words.
    enum Kind {
        case letter
        case digit
        case mark
        case other
    }

    var kind: Kind {
        switch properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: .letter
        case .decimalNumber, .letterNumber, .otherNumber: .digit
        case .nonspacingMark, .spacingMark, .enclosingMark: .mark
        default: .other
        }
    }

    /// Whether marks on this letter are decoration to whoever searches: Latin, Greek and Cyrillic.
    var losesMarks: Bool {
        switch value {
        case 0x41...0x5A, 0x61...0x7A, 0xAA, 0xBA, 0xC0...0x2FF, 0x370...0x52F, 0x1C80...0x1C8F, 0x1D00...0x1DBF,
            0x1E00...0x1FFF, 0x2C60...0x2C7F, 0xA640...0xA69F, 0xA720...0xA7FF, 0xAB30...0xAB6F:
            true
        default: false
        }
    }

    /// Whether a folded scalar belongs to a word.
    var isWordPart: Bool {
        guard value >= 0x80 else { return isASCIILetter || isASCIIDigit }
        return kind != .other
    }

    /// Whether this is one of `0` to `9`.
    var isASCIIDigit: Bool { (0x30...0x39).contains(value) }

    /// Whether this is one of `a` to `z`, the only ASCII letters in folded text.
    var isASCIILetter: Bool { (0x61...0x7A).contains(value) }
}
