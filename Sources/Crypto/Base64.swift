/// Base64 with `+`, `/` and padding (RFC 4648, section 4).
package enum Base64 {
    /// Writes `bytes` with padding and without line breaks.
    package static func encode(_ bytes: [UInt8]) -> String {
        Base64Alphabet.standard.encode(bytes, padded: true)
    }

    /// Reads what `encode` writes and nothing else: `nil` for missing padding, foreign characters, blanks, or bits
    /// beyond the last byte that are not zero. So a value has exactly one text.
    package static func decode(_ text: String) -> [UInt8]? {
        Base64Alphabet.standard.decode(Array(text.utf8), padded: true)
    }
}

/// Base64 with `-` and `_` and without padding (RFC 4648, section 5), for URLs and headers.
package enum Base64URL {
    /// Writes `bytes` without padding.
    package static func encode(_ bytes: [UInt8]) -> String {
        Base64Alphabet.url.encode(bytes, padded: false)
    }

    /// Reads what `encode` writes and nothing else: `nil` for padding, foreign characters, or bits beyond the last
    /// byte that are not zero. So a value has exactly one text.
    package static func decode(_ text: String) -> [UInt8]? {
        Base64Alphabet.url.decode(Array(text.utf8), padded: false)
    }
}

/// The 64 characters of one flavour, and the way back.
private struct Base64Alphabet: Sendable {
    static let standard = Base64Alphabet("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
    static let url = Base64Alphabet("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")

    private static let padding = UInt8(ascii: "=")
    private static let foreign: UInt8 = 255

    private let characters: [UInt8]
    private let values: [UInt8]

    private init(_ text: String) {
        characters = Array(text.utf8)
        var values = [UInt8](repeating: Self.foreign, count: 256)
        for (value, character) in characters.enumerated() { values[Int(character)] = UInt8(value) }
        self.values = values
    }

    func encode(_ bytes: [UInt8], padded: Bool) -> String {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        var index = 0
        while index < bytes.count {
            let count = min(3, bytes.count - index)
            var group = UInt32(bytes[index]) << 16
            if count > 1 { group |= UInt32(bytes[index + 1]) << 8 }
            if count > 2 { group |= UInt32(bytes[index + 2]) }
            for position in 0..<4 {
                if position <= count {
                    text.append(characters[Int(group >> (18 - 6 * UInt32(position)) & 63)])
                } else if padded {
                    text.append(Self.padding)
                }
            }
            index += count
        }
        return String(decoding: text, as: UTF8.self)
    }

    func decode(_ text: [UInt8], padded: Bool) -> [UInt8]? {
        var text = text[...]
        if padded {
            guard text.count.isMultiple(of: 4) else { return nil }
            for _ in 0..<2 where text.last == Self.padding { text.removeLast() }
        }
        guard text.count % 4 != 1 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count / 4 * 3 + 2)
        var pending: UInt32 = 0
        var bits: UInt32 = 0
        for character in text {
            let value = values[Int(character)]
            guard value != Self.foreign else { return nil }
            pending = pending << 6 | UInt32(value)
            bits += 6
            if bits >= 8 {
                bits -= 8
                bytes.append(UInt8(truncatingIfNeeded: pending >> bits))
                pending &= (1 << bits) - 1
            }
        }
        return pending == 0 ? bytes : nil
    }
}
