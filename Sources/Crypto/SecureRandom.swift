import COpenSSL

/// Random bytes that nobody can guess.
package enum SecureRandom {
    /// Makes `count` random bytes with OpenSSL's generator, which is seeded by the kernel.
    ///
    /// Stops the process when the generator fails: every secret made after that would be worthless.
    package static func bytes(_ count: Int) -> [UInt8] {
        precondition(count >= 0, "A count of bytes cannot be negative.")
        return [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            guard RAND_bytes_ex(nil, buffer.baseAddress, count, 0) == 1 || count == 0 else {
                fatalError("OpenSSL's random generator failed.")
            }
            initialized = count
        }
    }
}
