/// Makes the keys under which the index of tasks keeps the words of one workspace.
///
/// A key is SipHash-2-4 of section and word under the workspace's identifier: the tenant is inside of the key, so the
/// lists of one workspace never meet another's, and nobody can choose words that meet them.
package struct SearchKeyMaker: Sendable {
    private let first: UInt64
    private let second: UInt64

    /// - Parameter workspace: The sixteen bytes of the workspace's identifier; missing ones are zero.
    package init(workspace: [UInt8]) {
        let bytes = workspace.prefix(16) + [UInt8](repeating: 0, count: max(0, 16 - workspace.count))
        first = Self.word(bytes.prefix(8))
        second = Self.word(bytes.suffix(8))
    }

    /// - Parameter digits: The identifier as 32 hexadecimal digits.
    package init(workspace digits: String) {
        let nibbles = digits.utf8.map { $0 <= UInt8(ascii: "9") ? $0 &- 48 : ($0 | 0x20) &- 87 }
        self.init(workspace: stride(from: 0, to: nibbles.count - 1, by: 2).map { nibbles[$0] << 4 | nibbles[$0 + 1] })
    }

    /// The keys of another kind of rows than tasks; none is one of another kind.
    ///
    /// - Parameter kind: What the rows' identifiers begin with.
    package init(workspace digits: String, kind: String) {
        let tenant = SearchKeyMaker(workspace: digits)
        let section = StoredWord(.name, Array("\u{1}\(kind)".utf8))
        first = tenant.first
        second = tenant.second ^ UInt64(bitPattern: tenant.key(of: section))
    }

    /// The key of a word.
    package func key(of word: StoredWord) -> Int64 { key(word.section.rawValue, word.word) }

    private func key(_ section: UInt8, _ word: [UInt8]) -> Int64 {
        var state = SipState(first, second)
        var block = UInt64(section)
        var filled = 1
        for byte in word {
            block |= UInt64(byte) << UInt64(filled * 8)
            filled += 1
            if filled == 8 {
                state.take(block)
                block = 0
                filled = 0
            }
        }
        state.take(block | UInt64((word.count + 1) & 255) << 56)
        return Int64(bitPattern: state.finish())
    }

    private static func word(_ bytes: some Sequence<UInt8>) -> UInt64 {
        bytes.enumerated().reduce(0) { $0 | UInt64($1.element) << UInt64($1.offset * 8) }
    }
}

/// The state of SipHash.
private struct SipState {
    private var a: UInt64
    private var b: UInt64
    private var c: UInt64
    private var d: UInt64

    init(_ first: UInt64, _ second: UInt64) {
        a = first ^ 0x736F_6D65_7073_6575
        b = second ^ 0x646F_7261_6E64_6F6D
        c = first ^ 0x6C79_6765_6E65_7261
        d = second ^ 0x7465_6462_7974_6573
    }

    mutating func take(_ block: UInt64) {
        d ^= block
        round()
        round()
        a ^= block
    }

    mutating func finish() -> UInt64 {
        c ^= 0xFF
        for _ in 0..<4 { round() }
        return a ^ b ^ c ^ d
    }

    private mutating func round() {
        a &+= b
        b = turned(b, 13) ^ a
        a = turned(a, 32)
        c &+= d
        d = turned(d, 16) ^ c
        a &+= d
        d = turned(d, 21) ^ a
        c &+= b
        b = turned(b, 17) ^ c
        c = turned(c, 32)
    }

    private func turned(_ value: UInt64, _ bits: UInt64) -> UInt64 { value << bits | value >> (64 - bits) }
}
