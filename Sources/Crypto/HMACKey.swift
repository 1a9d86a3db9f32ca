import COpenSSL

/// A key of HMAC with SHA-256 (RFC 2104), made ready once: finding the algorithm and digesting the padded key costs
/// several times what a token costs.
///
/// Safe to share: the context is only copied from after `init`, each code has a copy of its own.
package final class HMACKey: @unchecked Sendable {
    private let context: OpaquePointer

    /// Takes a key of any length.
    package init(_ key: [UInt8]) {
        guard let algorithm = EVP_MAC_fetch(nil, "HMAC", nil), let context = EVP_MAC_CTX_new(algorithm) else {
            fatalError("OpenSSL does not offer HMAC.")
        }
        // The context keeps the algorithm.
        EVP_MAC_free(algorithm)
        // OpenSSL takes a null key for "none set yet". HMAC pads keys with zeros, so one zero byte is the empty key.
        let key = key.isEmpty ? [0] : key
        // Settings hold addresses of name and value, so both have to stay where they are.
        let name = Array("digest".utf8CString)
        var digest = Array("SHA256".utf8CString)
        let status = name.withUnsafeBufferPointer { name in
            digest.withUnsafeMutableBufferPointer { digest in
                let settings = [
                    OSSL_PARAM_construct_utf8_string(name.baseAddress, digest.baseAddress, 0),
                    OSSL_PARAM_construct_end(),
                ]
                return EVP_MAC_init(context, key, key.count, settings)
            }
        }
        guard status == 1 else { fatalError("OpenSSL does not offer HMAC with SHA-256.") }
        self.context = context
    }

    deinit { EVP_MAC_CTX_free(context) }

    /// Computes the code of a message.
    package func code(of message: [UInt8]) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: Digest.byteCount) { output, initialized in
            let copy = EVP_MAC_CTX_dup(context)
            defer { EVP_MAC_CTX_free(copy) }
            var length = 0
            guard let copy, EVP_MAC_update(copy, message, message.count) == 1,
                EVP_MAC_final(copy, output.baseAddress, &length, output.count) == 1, length == Digest.byteCount
            else { fatalError("OpenSSL cannot compute HMAC-SHA-256.") }
            initialized = length
        }
    }
}
