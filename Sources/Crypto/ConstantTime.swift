import COpenSSL

/// Tells whether two secrets are equal in a time that depends on their length only.
///
/// Values of different length are unequal at once, so compare digests, not texts whose length is secret.
package func constantTimeEquals(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    guard left.count == right.count else { return false }
    return left.isEmpty || CRYPTO_memcmp(left, right, left.count) == 0
}
