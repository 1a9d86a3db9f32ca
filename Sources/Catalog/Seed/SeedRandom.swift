/// A small generator of numbers that are the same on every machine for the same seed (SplitMix64).
///
/// Not for secrets.
struct SeedRandom: Sendable {
    private var state: UInt64

    /// A stream of its own for each place in the data, such as `(seed, workspace, customer 17)`, so that any row can be
    /// made again without those before it.
    init(_ seed: UInt64, _ place: UInt64...) {
        state = seed
        for part in place {
            state = next() ^ (part &* 0xD1B5_4A32_D192_ED03)
        }
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// A number from 0 up to, not including, `bound`.
    mutating func below(_ bound: Int) -> Int {
        Int(truncatingIfNeeded: next().multipliedFullWidth(by: UInt64(max(1, bound))).high)
    }

    mutating func below(_ bound: Int64) -> Int64 { Int64(below(Int(bound))) }

    mutating func number(_ range: ClosedRange<Int>) -> Int { range.lowerBound + below(range.count) }

    mutating func pick<Element>(_ choices: [Element]) -> Element { choices[below(choices.count)] }

    mutating func chance(_ percent: Int) -> Bool { below(100) < percent }

    mutating func digits(_ count: Int) -> String {
        var text = ""
        for _ in 0..<count { text += String(below(10)) }
        return text
    }

    /// A key in the form of the database's own: the time in milliseconds, then random bits.
    mutating func key(at microseconds: Int64) -> String {
        let time = UInt64(max(0, microseconds) / 1000) & 0xFFFF_FFFF_FFFF
        let high = time << 16 | 0x7000 | next() & 0x0FFF
        let low = next() & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
        return Self.hexadecimal(high) + Self.hexadecimal(low)
    }

    private static func hexadecimal(_ number: UInt64) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(
            decoding: (0..<16).map { digits[Int(number >> (60 - 4 * UInt64($0)) & 15)] }, as: UTF8.self
        )
    }
}
