/// The key of a row: 128 bits, in text 32 hexadecimal digits behind a prefix for the kind, as in `tsk_0199…`.
package struct RowID: Sendable, Hashable {
    /// The 32 lower-case hexadecimal digits.
    package let digits: String

    /// Takes over a key that the database returned, with or without hyphens.
    ///
    /// - Returns: `nil` if `uuid` does not hold exactly 32 hexadecimal digits.
    package init?(uuid: String) {
        var digits: [UInt8] = []
        digits.reserveCapacity(32)
        for byte in uuid.utf8 where byte != UInt8(ascii: "-") {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"): digits.append(byte)
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digits.append(byte | 0x20)
            default: return nil
            }
        }
        guard digits.count == 32 else { return nil }
        self.digits = String(decoding: digits, as: UTF8.self)
    }

    /// Reads the identifier that callers see.
    ///
    /// - Returns: `nil` unless `text` is `prefix`, an underscore and 32 lower-case hexadecimal digits.
    package init?(_ text: String, prefix: String) {
        guard text.utf8.count == prefix.utf8.count + 33, text.hasPrefix(prefix + "_") else { return nil }
        let digits = text.utf8.suffix(32)
        let isLowerHexadecimal = digits.allSatisfy { byte in
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
        }
        guard isLowerHexadecimal else { return nil }
        self.digits = String(decoding: digits, as: UTF8.self)
    }

    /// A new key of version 7 (RFC 9562 section 5.7) as `time_ordered_uuid` makes it: 48 bits of milliseconds, 12 bits of a
    /// fraction of one, and 62 random bits.
    ///
    /// - Parameters:
    ///   - microseconds: Since 1970.
    ///   - random: Any number; two of its bits are lost.
    package init(at microseconds: Int64, random: UInt64) {
        let ticks = UInt64(max(0, microseconds)) * 512 / 125
        let high = (ticks >> 12) << 16 | 0x7000 | ticks & 0xFFF
        let low = random & (.max >> 2) | 1 << 63
        digits = [high, low].map { number in
            let text = String(number, radix: 16)
            return String(repeating: "0", count: 16 - text.utf8.count) + text
        }.joined()
    }

    /// The identifier that callers see.
    package func text(prefix: String) -> String { prefix + "_" + digits }
}
