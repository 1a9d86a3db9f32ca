import Crypto
import Testing

@Suite("Checksums")
struct CRC32Tests {
    @Test(
        "match the known values",
        arguments: [
            ("", 0x0000_0000),
            ("123456789", 0xCBF4_3926),
            ("The quick brown fox jumps over the lazy dog", 0x414F_A339),
        ] as [(String, UInt32)])
    func checksum(text: String, value: UInt32) {
        #expect(CRC32.checksum(Array(text.utf8)) == value)
    }
}
