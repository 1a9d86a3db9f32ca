extension JSONReader {
    /// Reads a number: a minus, digits without a leading zero, a fraction, an exponent.
    mutating func readNumber() throws(JSONError) {
        let start = position
        var isSpecial = false
        if current == UInt8(ascii: "-") { position += 1 }
        if current == UInt8(ascii: "0") { position += 1 } else { try skipDigits() }
        if current == UInt8(ascii: ".") {
            isSpecial = true
            position += 1
            try skipDigits()
        }
        if current == UInt8(ascii: "e") || current == UInt8(ascii: "E") {
            isSpecial = true
            position += 1
            if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { position += 1 }
            try skipDigits()
        }
        try append(.number, start: start, end: position, isSpecial: isSpecial)
    }

    /// The byte here, or NUL, which no number contains, at the end.
    private var current: UInt8 { position < bytes.count ? bytes[position] : 0 }

    private mutating func skipDigits() throws(JSONError) {
        let start = position
        while isDigit(current) { position += 1 }
        guard position > start else { throw mistake(.syntax) }
    }
}

/// Whether a byte is a decimal digit.
func isDigit(_ byte: UInt8) -> Bool {
    byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
}
