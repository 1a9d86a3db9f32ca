import Crypto
import Testing

@Suite("Comparison in constant time")
struct ConstantTimeTests {
    @Test("finds every changed bit")
    func differences() {
        let secret = Digest.sha256("secret")
        #expect(constantTimeEquals(secret, secret))
        for index in secret.indices {
            for bit in 0..<8 {
                var other = secret
                other[index] ^= 1 << UInt8(bit)
                #expect(!constantTimeEquals(secret, other))
            }
        }
    }

    @Test("tells lengths apart")
    func lengths() {
        #expect(constantTimeEquals([], []))
        #expect(!constantTimeEquals([0], []))
        #expect(!constantTimeEquals([1, 2], [1, 2, 3]))
    }
}
