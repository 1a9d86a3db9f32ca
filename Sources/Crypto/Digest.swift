import COpenSSL

/// Digests.
package enum Digest {
    /// The length of a SHA-256 digest, in bytes.
    package static let byteCount = 32

    /// Computes the SHA-256 digest (FIPS 180-4) of `message`.
    package static func sha256(_ message: [UInt8]) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: byteCount) { output, initialized in
            var length: UInt32 = 0
            let status = EVP_Digest(
                message, message.count, output.baseAddress, &length, MessageDigest.sha256.handle, nil
            )
            guard status == 1, length == UInt32(byteCount) else { fatalError("OpenSSL cannot compute SHA-256.") }
            initialized = byteCount
        }
    }

    /// Computes the SHA-256 digest of the UTF-8 bytes of `text`.
    package static func sha256(_ text: String) -> [UInt8] {
        sha256(Array(text.utf8))
    }
}

/// An algorithm fetched from OpenSSL once, for fetching costs more than digesting a token.
///
/// Safe to share: a fetched algorithm is immutable, and OpenSSL lets any number of threads use it at once. It is never
/// freed, since the one instance lives as long as the process.
private final class MessageDigest: @unchecked Sendable {
    static let sha256 = MessageDigest(name: "SHA256")

    let handle: OpaquePointer

    private init(name: String) {
        guard let handle = EVP_MD_fetch(nil, name, nil) else { fatalError("OpenSSL does not offer \(name).") }
        self.handle = handle
    }
}
