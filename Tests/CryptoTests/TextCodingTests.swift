import Crypto
import Testing

@Suite("Bytes as text")
struct TextCodingTests {
    @Test(
        "Base64 matches RFC 4648",
        arguments: [
            ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ])
    func base64(plain: String, text: String) {
        let bytes = Array(plain.utf8)
        let unpadded = String(text.prefix { $0 != "=" })
        #expect(Base64.encode(bytes) == text)
        #expect(Base64.decode(text) == bytes)
        #expect(Base64URL.encode(bytes) == unpadded)
        #expect(Base64URL.decode(unpadded) == bytes)
    }

    @Test("Base64 flavours differ in two characters")
    func alphabets() {
        let bytes: [UInt8] = [0xFB, 0xEF, 0xFF]
        #expect(Base64.encode(bytes) == "++//")
        #expect(Base64URL.encode(bytes) == "--__")
        #expect(Base64.decode("--__") == nil)
        #expect(Base64URL.decode("++//") == nil)
    }

    @Test(
        "Base64 refuses every text but the one it writes",
        arguments: [
            "Zg", "Zg=", "Zg===", "Zg====", "=", "==", "====", "Z===", "Zh==", "Zm9=", "Zg==Zg==", "Zm9v\n", " Zm9v",
            "Zm 9v",
            "Zm9v=", "Zm9vZ", "Zm9é", "Zm9v\0\0\0\0",
        ])
    func strictBase64(text: String) {
        #expect(Base64.decode(text) == nil)
    }

    @Test(
        "Base64 for URLs refuses every text but the one it writes",
        arguments: [
            "Zg==", "Zg=", "Z", "Zh", "Zm9", "Zm9vY", "Zm9v\n", "Zm+v", "Zm9v=",
        ])
    func strictBase64URL(text: String) {
        #expect(Base64URL.decode(text) == nil)
    }

    @Test("hexadecimal digits are read in either case and written in lower case")
    func hex() {
        #expect(Hex.encode([0x00, 0x9F, 0xAB]) == "009fab")
        #expect(Hex.decode("009fAB") == [0x00, 0x9F, 0xAB])
        #expect(Hex.decode("") == [])
        #expect(Hex.decode("0") == nil)
        #expect(Hex.decode("0g") == nil)
        #expect(Hex.decode("+1") == nil)
    }

    @Test(
        "Base62 writes known values",
        arguments: [
            ([], ""), ([0], "00"), ([61], "0z"), ([255], "47"), ([0, 0, 0, 0], "000000"),
            ([255, 255, 255, 255], "4gfFC3"),
        ] as [([UInt8], String)])
    func base62(bytes: [UInt8], text: String) {
        #expect(Base62.encode(bytes) == text)
        #expect(Base62.decode(text) == bytes)
    }

    @Test("Base62 keeps every length and the order of bytes")
    func base62Lengths() {
        for count in 0...Base62.maxByteCount {
            let lowest = [UInt8](repeating: 0, count: count)
            let highest = [UInt8](repeating: 255, count: count)
            let random = SecureRandom.bytes(count)
            for bytes in [lowest, highest, random] { #expect(Base62.decode(Base62.encode(bytes)) == bytes) }
            #expect(Base62.encode(lowest) <= Base62.encode(random))
            #expect(Base62.encode(random) <= Base62.encode(highest))
            #expect(Base62.encode(lowest).utf8.count == Base62.encode(highest).utf8.count)
        }
    }

    @Test(
        "Base62 refuses what no bytes are written as",
        arguments: [
            "0", "48", "zz", "0000", "4gfFC4", "zzzzzz", "0-", "0é",
        ])
    func strictBase62(text: String) {
        #expect(Base62.decode(text) == nil)
    }

    @Test("Base62 is not read beyond its longest value")
    func longBase62() {
        let longest = String(repeating: "0", count: Base62.encode([UInt8](repeating: 0, count: 128)).utf8.count)
        #expect(Base62.decode(longest)?.count == 128)
        #expect((1...3).allSatisfy { Base62.decode(longest + String(repeating: "0", count: $0)) == nil })
        #expect(Base62.decode(String(repeating: "0", count: 100_000)) == nil)
    }
}
