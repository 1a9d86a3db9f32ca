extension Hasher {
    /// Feeds the bytes of a digest in, all at once, where an array's own hash takes its elements one by one.
    package mutating func combine(digest: [UInt8]) {
        digest.withUnsafeBytes { combine(bytes: $0) }
    }
}
