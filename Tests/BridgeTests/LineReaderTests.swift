import Testing

@testable import Bridge

@Suite("Lines")
struct LineReaderTests {
    private func lines(_ pieces: [String], limit: Int = 8) -> [String] {
        var reader = LineReader(limit: limit)
        let lines = pieces.flatMap { reader.read(Array($0.utf8)) } + [reader.finish()].compactMap(\.self)
        return lines.map { line in
            switch line {
            case .text(let bytes): String(decoding: bytes, as: UTF8.self)
            case .overlong: "overlong"
            }
        }
    }

    @Test(
        "are the same however the bytes arrive",
        arguments: [
            ("a\nbc\n", ["a", "bc"]),
            ("a\r\n\r\n\nb", ["a", "b"]),
            ("12345678\n123456789\nc\n", ["12345678", "overlong", "c"]),
            ("123456789012345678901234567890", ["overlong"]),
            ("123456789\n123456789\n", ["overlong", "overlong"]),
            ("", []),
            ("\n\n", []),
        ] as [(String, [String])]
    )
    func pieces(text: String, expected: [String]) {
        #expect(lines([text]) == expected)
        #expect(lines(text.map { String($0) }) == expected)
        for cut in 0..<text.utf8.count {
            let utf8 = Array(text.utf8)
            let parts = [utf8[..<cut], utf8[cut...]].map { String(decoding: $0, as: UTF8.self) }
            #expect(lines(parts) == expected)
        }
    }

    @Test("that are too long are told as soon as they are, and not kept")
    func overlong() {
        var reader = LineReader(limit: 4)
        #expect(reader.read(Array("123".utf8)) == [])
        #expect(reader.read(Array("45".utf8)) == [.overlong])
        #expect(reader.read(Array("6789".utf8)) == [])
        #expect(reader.read(Array("\nok\n".utf8)) == [.text(Array("ok".utf8))])
    }
}
