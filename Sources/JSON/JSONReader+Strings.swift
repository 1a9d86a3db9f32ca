extension JSONReader {
    /// Reads a string from its opening quote past its closing one.
    mutating func readString() throws(JSONError) {
        position += 1
        let start = position
        var isEscaped = false
        while position < bytes.count {
            let byte = bytes[position]
            if byte == UInt8(ascii: "\"") {
                try append(.string, start: start, end: position, isSpecial: isEscaped)
                position += 1
                return
            }
            if byte == UInt8(ascii: "\\") {
                isEscaped = true
                try skipEscape()
            } else if byte < 0x20 {
                throw mistake(.syntax)
            } else if byte < 0x80 {
                position += 1
            } else {
                try skipMultibyte(byte)
            }
        }
        throw mistake(.syntax)
    }

    private mutating func skipEscape() throws(JSONError) {
        let start = position
        guard position + 1 < bytes.count else { throw JSONError(kind: .syntax, offset: bytes.count) }
        switch bytes[position + 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            position += 2
        case UInt8(ascii: "u"):
            position += 2
            let unit = try hexUnit()
            if unit >> 10 == 0x36 {  // the first of a pair: the second must follow at once
                let pairFollows =
                    position + 1 < bytes.count && bytes[position] == UInt8(ascii: "\\")
                    && bytes[position + 1] == UInt8(ascii: "u")
                guard pairFollows else { throw JSONError(kind: .surrogate, offset: start) }
                position += 2
                guard try hexUnit() >> 10 == 0x37 else { throw JSONError(kind: .surrogate, offset: start) }
            } else if unit >> 10 == 0x37 {
                throw JSONError(kind: .surrogate, offset: start)
            }
        default:
            throw mistake(.syntax)
        }
    }

    private mutating func hexUnit() throws(JSONError) -> UInt16 {
        var unit: UInt16 = 0
        for _ in 0..<4 {
            guard position < bytes.count, let digit = hexDigit(bytes[position]) else { throw mistake(.syntax) }
            unit = unit << 4 | UInt16(digit)
            position += 1
        }
        return unit
    }

    /// Skips one character of two to four bytes, in the only form that UTF-8 has for it (RFC 3629).
    private mutating func skipMultibyte(_ first: UInt8) throws(JSONError) {
        let second: ClosedRange<UInt8>
        let length: Int
        switch first {
        case 0xC2...0xDF: (length, second) = (2, 0x80...0xBF)
        case 0xE0: (length, second) = (3, 0xA0...0xBF)
        case 0xED: (length, second) = (3, 0x80...0x9F)
        case 0xE1...0xEF: (length, second) = (3, 0x80...0xBF)
        case 0xF0: (length, second) = (4, 0x90...0xBF)
        case 0xF1...0xF3: (length, second) = (4, 0x80...0xBF)
        case 0xF4: (length, second) = (4, 0x80...0x8F)
        default: throw mistake(.encoding)
        }
        guard position + length <= bytes.count else { throw mistake(.encoding) }
        if !second.contains(bytes[position + 1]) {
            let isSurrogate = first == 0xED && bytes[position + 1] >= 0xA0 && bytes[position + 1] <= 0xBF
            throw mistake(isSurrogate ? .surrogate : .encoding)
        }
        for offset in 2..<max(length, 2) where bytes[position + offset] & 0xC0 != 0x80 { throw mistake(.encoding) }
        position += length
    }
}

/// What a hexadecimal digit stands for, or `nil` if the byte is none.
func hexDigit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
}
