/// Eight bytes of a text as one number, to look at all of them at once.
///
/// A mark is the highest bit of a byte; the first byte of the text has the lowest ones.
struct ByteWord {
    /// How many bytes there are in one.
    static var size: Int { 8 }

    let bits: UInt64

    /// Takes the eight bytes from `start` on.
    @inline(__always)
    init(_ text: Span<UInt8>, at start: Int) {
        precondition(start >= 0 && start <= text.count &- Self.size)
        // One look at the bounds, and one load of all eight.
        bits = unsafe text.withUnsafeBytes { bytes in
            unsafe UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: start, as: UInt64.self))
        }
    }

    private static var highest: UInt64 { 0x8080_8080_8080_8080 }

    /// Marks the bytes that are this one.
    func marks(of byte: UInt8) -> UInt64 {
        let others = bits ^ (UInt64(byte) &* 0x0101_0101_0101_0101)
        let low = others & ~Self.highest
        return ~((low &+ ~Self.highest) | others | ~Self.highest)
    }

    /// Marks control characters, which are those before the blank.
    var controls: UInt64 { ~(((bits & ~Self.highest) &+ 0x6060_6060_6060_6060) | bits) & Self.highest }

    /// Marks bytes that are not ASCII.
    var wides: UInt64 { bits & Self.highest }

    /// How many bytes are before the first mark; eight where there is none.
    static func bytes(before marks: UInt64) -> Int { marks.trailingZeroBitCount >> 3 }
}

extension Span where Element == UInt8 {
    /// Where a byte comes next, from `start` on; the end if it does not.
    package func next(_ byte: UInt8, from start: Int) -> Int {
        var index = start
        while index + ByteWord.size <= count {
            let others = ByteWord.bytes(before: ByteWord(self, at: index).marks(of: byte))
            index += others
            if others < ByteWord.size { return index }
        }
        while index < count, self[index] != byte { index += 1 }
        return index
    }

    /// Where one of three bytes, or one that is not ASCII, comes next, from `start` on; the end if none does.
    package func next(_ one: UInt8, _ two: UInt8, _ three: UInt8, orWideFrom start: Int) -> Int {
        var index = start
        while index + ByteWord.size <= count {
            let word = ByteWord(self, at: index)
            let marks = word.marks(of: one) | word.marks(of: two) | word.marks(of: three) | word.wides
            let others = ByteWord.bytes(before: marks)
            index += others
            if others < ByteWord.size { return index }
        }
        while index < count, ![one, two, three].contains(self[index]), self[index] < 0x80 { index += 1 }
        return index
    }
}
