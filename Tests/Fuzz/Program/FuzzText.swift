import Crypto

extension [UInt8] {
    /// The bytes as text; what is no UTF-8 becomes U+FFFD.
    var text: String { String(decoding: self, as: UTF8.self) }

    /// The first lines, and what is behind them; lines that are not there are empty.
    func lines(_ count: Int) -> (lines: [[UInt8]], rest: [UInt8]) {
        let found = split(separator: UInt8(ascii: "\n"), maxSplits: count, omittingEmptySubsequences: false)
        var parts: [[UInt8]] = found.map { [UInt8]($0) }
        while parts.count <= count { parts.append([]) }
        return ([[UInt8]](parts.dropLast()), parts[count])
    }
}

/// Pieces of an input, cut as a network or a disk might have. The same input is always cut in the same places.
struct Cuts {
    private var state: UInt64

    init(for bytes: [UInt8]) { state = UInt64(CRC32.checksum(bytes)) }

    /// Up to six pieces, some of them empty.
    mutating func pieces(of bytes: [UInt8]) -> [[UInt8]] {
        let places = (0..<5).map { _ in next(below: bytes.count + 1) }.sorted()
        return zip([0] + places, places + [bytes.count]).map { Array(bytes[$0..<$1]) }
    }

    mutating func next(below limit: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int((value ^ (value >> 31)) % UInt64(limit))
    }
}
