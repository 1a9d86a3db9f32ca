/// A key for ``Seal``, with the number by which sealed values name it.
package struct SealKey: Sendable, CustomStringConvertible, CustomReflectable {
    /// The length of the secret, in bytes.
    package static let byteCount = 32

    /// What sealed values carry in front, so that keys can rotate. Not secret.
    package let id: UInt8
    /// The AES-256 key.
    package let secret: [UInt8]

    /// Takes over a secret of exactly 32 bytes.
    package init(id: UInt8, secret: [UInt8]) throws(CryptoError) {
        guard secret.count == Self.byteCount else {
            throw CryptoError(
                code: .keyLength,
                message: "Seal key \(id) has \(secret.count) bytes; it needs \(Self.byteCount)."
            )
        }
        self.id = id
        self.secret = secret
    }

    /// Makes a new random key.
    package static func random(id: UInt8) -> SealKey {
        SealKey(id: id, randomSecret: SecureRandom.bytes(byteCount))
    }

    /// Names the key without its secret, so that it can never be printed by accident.
    package var description: String { "SealKey \(id)" }

    /// Hides the secret from `dump` and debuggers' summaries.
    package var customMirror: Mirror { Mirror(self, children: ["id": id]) }

    private init(id: UInt8, randomSecret: [UInt8]) {
        self.id = id
        self.secret = randomSecret
    }
}
