import Postgres
import Testing

@Suite("Keys")
struct UUIDKeyTests {
    private let digits = "0199d3c0a1b27c3d8e4f0123456789ab"

    @Test("are read from 32 digits and written as such")
    func text() throws {
        let key = try #require(UUIDKey(digits: digits.utf8))
        #expect(key == UUIDKey(high: 0x0199_D3C0_A1B2_7C3D, low: 0x8E4F_0123_4567_89AB))
        #expect(key.digits == digits && UUIDKey(digits: digits.uppercased().utf8) == key)
        #expect(UUIDKey(high: 0, low: 0).digits == String(repeating: "0", count: 32))
        #expect(UUIDKey(high: .max, low: .max).digits == String(repeating: "f", count: 32))
    }

    @Test(
        "are not read from anything else",
        arguments: [
            "", "0199d3c0a1b27c3d8e4f0123456789a", "0199d3c0a1b27c3d8e4f0123456789abc",
            "g199d3c0a1b27c3d8e4f0123456789ab",
        ])
    func others(text: String) { #expect(UUIDKey(digits: text.utf8) == nil) }

    @Test("have the order of their digits")
    func order() {
        let keys = [(0, 0), (0, 1), (0, .max), (1, 0), (.max, 0)].map { UUIDKey(high: $0.0, low: $0.1) }
        #expect(keys.reversed().sorted() == keys)
        #expect(keys.map(\.digits) == keys.map(\.digits).sorted())
    }
}
