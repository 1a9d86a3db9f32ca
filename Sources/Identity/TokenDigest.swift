import Crypto

/// What is stored of a token: HMAC-SHA-256 under the server's pepper.
package struct TokenDigest: Sendable, Hashable {
    /// The 32 bytes.
    package let bytes: [UInt8]

    /// Digests a token under `pepper`.
    package init(of token: AccessToken, pepper: TokenPepper) {
        bytes = pepper.key.code(of: Array(token.text.utf8))
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(digest: bytes) }

    /// The first eight hexadecimal digits, for logs: enough to tell tokens apart, useless for guessing one.
    package var logged: String { Hex.encode(Array(bytes.prefix(4))) }
}

/// A secret of the server that every token digest depends on, so that a stolen table of digests is worth nothing.
package struct TokenPepper: Sendable {
    let key: HMACKey

    /// - Returns: `nil` if there are fewer than 16 bytes.
    package init?(_ bytes: [UInt8]) {
        guard bytes.count >= 16 else { return nil }
        key = HMACKey(bytes)
    }
}
