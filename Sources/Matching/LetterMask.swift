/// Which letters a word has, once and twice: words that are near have nearly the same.
struct LetterMask: Sendable {
    fileprivate let bits: UInt64

    init(_ word: some Sequence<UInt8>) {
        var bits: UInt64 = 0
        for byte in word {
            let place: UInt64
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"): place = UInt64(byte - UInt8(ascii: "a"))
            case UInt8(ascii: "0")...UInt8(ascii: "9"): place = 52 + UInt64(byte - UInt8(ascii: "0"))
            default: place = 62 + UInt64(byte & 1)
            }
            let bit: UInt64 = 1 << place
            if place < 26, bits & bit != 0 { bits |= bit << 26 } else { bits |= bit }
        }
        self.bits = bits
    }

    fileprivate init(bits: UInt64) { self.bits = bits }

    /// Whether so few letters are missing in the other word, and so few of it here.
    ///
    /// Each error puts in one letter at most and takes one away.
    func mayBeNear(_ other: LetterMask, more: Int, less: Int) -> Bool {
        var surplus = bits & ~other.bits
        var lack = other.bits & ~bits
        // Taking the lowest bit away is quicker than counting them.
        for _ in 0..<less { lack &= lack &- 1 }
        guard lack == 0 else { return false }
        for _ in 0..<more { surplus &= surplus &- 1 }
        return surplus == 0
    }
}

/// The masks of many words, eight bytes a word, looked through eight words at a time.
struct LetterMasks: Sendable {
    /// The lower halves, which hold each letter once.
    private var rows: [SIMD8<UInt32>] = []
    private var upperHalves: [UInt32] = []

    /// How much memory they take, in bytes.
    var byteCount: Int { rows.count * 32 + upperHalves.count * 4 }

    mutating func reserveCapacity(_ count: Int) {
        rows.reserveCapacity((count + 7) / 8)
        upperHalves.reserveCapacity(count)
    }

    mutating func append(_ mask: LetterMask) {
        let place = upperHalves.count % 8
        if place == 0 { rows.append(SIMD8()) }
        rows[rows.count - 1][place] = UInt32(truncatingIfNeeded: mask.bits)
        upperHalves.append(UInt32(mask.bits >> 32))
    }

    private subscript(index: Int) -> LetterMask {
        LetterMask(bits: UInt64(upperHalves[index]) << 32 | UInt64(rows[index / 8][index % 8]))
    }

    /// Calls `body` for each word of a range that may be near; see ``LetterMask/mayBeNear(_:more:less:)``.
    func forEach(in range: Range<Int>, near typed: LetterMask, more: Int, less: Int, _ body: (_ index: Int) -> Void) {
        let wanted = SIMD8(repeating: UInt32(truncatingIfNeeded: typed.bits))
        let top = SIMD8<UInt32>(repeating: 31)
        for place in range.lowerBound / 8..<(range.upperBound + 7) / 8 {
            let row = rows[place]
            var lack = wanted & ~row
            var surplus = row & ~wanted
            for _ in 0..<less { lack &= lack &- 1 }
            for _ in 0..<more { surplus &= surplus &- 1 }
            // A number or its negative has the highest bit, unless it is zero.
            let far = lack | surplus
            guard ((far | (0 &- far)) &>> top).wrappedSum() < 8 else { continue }
            for index in max(range.lowerBound, place * 8)..<min(range.upperBound, place * 8 + 8)
            where self[index].mayBeNear(typed, more: more, less: less) { body(index) }
        }
    }
}
