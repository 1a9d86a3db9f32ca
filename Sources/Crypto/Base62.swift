/// Digits and letters only, so that a token is selected by a double click and survives any transport.
///
/// The bytes are read as one number, the first byte highest, and written with as many digits as the largest number of
/// that many bytes needs. So texts of equally many bytes are equally long, and sort as the bytes do.
package enum Base62 {
    /// The longest value, in bytes: time grows with the square of the length, and anybody may send a long token.
    package static let maxByteCount = 128

    /// Writes at most ``maxByteCount`` bytes.
    package static func encode(_ bytes: [UInt8]) -> String {
        precondition(bytes.count <= maxByteCount, "Base62 is for tokens, not for \(bytes.count) bytes.")
        var text = [UInt8](repeating: characters[0], count: width(of: bytes.count))
        if bytes.count <= 8 {
            var number = bytes.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            for position in text.indices.reversed() {
                text[position] = characters[Int(number % 62)]
                number /= 62
            }
            return String(decoding: text, as: UTF8.self)
        }
        var number = bytes
        for position in text.indices.reversed() {
            var remainder = 0
            for index in number.indices {
                let value = remainder << 8 | Int(number[index])
                number[index] = UInt8(value / 62)
                remainder = value % 62
            }
            text[position] = characters[remainder]
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Reads what `encode` writes; `nil` for other characters, a length that no number of bytes has, a number too large
    /// for that many bytes, or more than ``maxByteCount`` bytes.
    package static func decode(_ text: String) -> [UInt8]? {
        let digits = Array(text.utf8)
        let count = Int(Double(digits.count) * bitsPerDigit / 8)
        guard count <= maxByteCount, width(of: count) == digits.count else { return nil }
        var bytes = [UInt8](repeating: 0, count: count)
        for digit in digits {
            guard var carry = value(of: digit) else { return nil }
            for index in bytes.indices.reversed() {
                let value = Int(bytes[index]) * 62 + carry
                bytes[index] = UInt8(value & 255)
                carry = value >> 8
            }
            guard carry == 0 else { return nil }
        }
        return bytes
    }

    private static let characters = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)

    /// log₂ 62.
    private static let bitsPerDigit = 5.954196310386875

    private static func width(of byteCount: Int) -> Int {
        // Rounded up: the quotient is irrational, so it is never a whole number but for no bytes.
        byteCount == 0 ? 0 : Int(Double(8 * byteCount) / bitsPerDigit) + 1
    }

    private static func value(of character: UInt8) -> Int? {
        switch character {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(character - UInt8(ascii: "0"))
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): Int(character - UInt8(ascii: "A")) + 10
        case UInt8(ascii: "a")...UInt8(ascii: "z"): Int(character - UInt8(ascii: "a")) + 36
        default: nil
        }
    }
}
