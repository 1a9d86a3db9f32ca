import Testing

@testable import JSON

@Suite("Eight bytes at once")
struct ByteWordTests {
    private var random = SeededGenerator(seed: 1042)

    /// Texts of all lengths around a word's, with a few kinds of bytes, so that those that matter come often.
    private mutating func texts() -> [[UInt8]] {
        let alphabet: [UInt8] = [
            0x00, 0x1F, 0x20, 0x21, 0x22, 0x23, 0x26, 0x5B, 0x5C, 0x5D, 0x7E, 0x7F, 0x80, 0xC3, 0xFF,
        ]
        return (0..<2_000).map { number in
            (0..<number % 40).map { _ in
                Int.random(in: 0..<4, using: &random) == 0 ? alphabet.randomElement(using: &random)! : UInt8(ascii: "a")
            }
        }
    }

    @Test("find a byte where it is")
    mutating func byte() {
        for text in texts() {
            for start in 0...text.count {
                let found = text.span.next(0x22, from: start)
                #expect(found == text[start...].firstIndex(of: 0x22) ?? text.count, "\(text) from \(start)")
            }
        }
    }

    @Test("find what is one of three, or beyond ASCII")
    mutating func several() {
        for text in texts() {
            for start in 0...text.count {
                let found = text.span.next(0x5C, 0x26, 0x7F, orWideFrom: start)
                let expected =
                    text[start...].firstIndex { [0x5C, 0x26, 0x7F].contains($0) || $0 >= 0x80 } ?? text.count
                #expect(found == expected, "\(text) from \(start)")
            }
        }
    }

    @Test("escape what JSON asks for, in texts of any length")
    mutating func escaping() {
        func escaped(_ byte: UInt8) -> [UInt8] {
            switch byte {
            case 0x22: Array(#"\""#.utf8)
            case 0x5C: Array(#"\\"#.utf8)
            case 0x0A: Array(#"\n"#.utf8)
            case 0..<0x10: Array("\\u000\(String(byte, radix: 16))".utf8)
            case 0x10..<0x20: Array("\\u00\(String(byte, radix: 16))".utf8)
            default: [byte]
            }
        }
        let long = [
            [UInt8](repeating: 0x01, count: 1_000), [UInt8](repeating: 0x22, count: 1_000),
            (0..<3_000).map { $0 % 250 == 0 ? 0x0A : UInt8(ascii: "x") },
        ]
        for text in texts() + long {
            var bytes: [UInt8] = [0x30]
            bytes.append(escaping: text.span)
            #expect(bytes == [0x30] + text.flatMap(escaped), "\(text)")
        }
    }
}
