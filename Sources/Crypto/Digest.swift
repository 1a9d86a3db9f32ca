import COpenSSL

/// Digests and message authentication codes.
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

    /// Computes the HMAC with SHA-256 (RFC 2104) of `message` under `key`, which may have any length.
    package static func hmacSHA256(key: [UInt8], _ message: [UInt8]) -> [UInt8] {
        // OpenSSL takes a null key for "none set yet". HMAC pads keys with zeros, so one zero byte is the empty key.
        let key = key.isEmpty ? [0] : key
        return [UInt8](unsafeUninitializedCapacity: byteCount) { output, initialized in
            var length = 0
            let result = EVP_Q_mac(
                nil, "HMAC", nil, "SHA256", nil, key, key.count, message, message.count,
                output.baseAddress, output.count, &length
            )
            guard result != nil, length == byteCount else { fatalError("OpenSSL cannot compute HMAC-SHA-256.") }
            initialized = byteCount
        }
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
