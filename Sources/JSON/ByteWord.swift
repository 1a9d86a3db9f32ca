/// Eight bytes of a text as one number, to look at all of them at once.
///
/// A mark is the highest bit of a byte; the first byte of the text has the lowest ones.
package struct ByteWord {
    /// How many bytes there are in one.
    @inlinable package static var size: Int { @inline(__always) get { 8 } }

    package let bits: UInt64

    /// Takes the eight bytes from `start` on.
    @inlinable @inline(__always)
    package init(_ text: Span<UInt8>, at start: Int) {
        // One look at the bounds, and one load of all eight.
        let part = text.extracting(start..<start + 8)
        let low = UInt64(part[0]) | UInt64(part[1]) << 8 | UInt64(part[2]) << 16 | UInt64(part[3]) << 24
        let high = UInt64(part[4]) << 32 | UInt64(part[5]) << 40 | UInt64(part[6]) << 48 | UInt64(part[7]) << 56
        bits = low | high
    }

    @inlinable package static var highest: UInt64 { @inline(__always) get { 0x8080_8080_8080_8080 } }

    /// Marks the bytes that are this one.
    @inlinable @inline(__always)
    package func marks(of byte: UInt8) -> UInt64 {
        let others = bits ^ (UInt64(byte) &* 0x0101_0101_0101_0101)
        let low = others & ~Self.highest
        return ~((low &+ ~Self.highest) | others | ~Self.highest)
    }

    /// Marks control characters, which are those before the blank.
    @inlinable package var controls: UInt64 {
        @inline(__always) get { ~(((bits & ~Self.highest) &+ 0x6060_6060_6060_6060) | bits) & Self.highest }
    }

    /// Marks bytes that are not ASCII.
    @inlinable package var wides: UInt64 { @inline(__always) get { bits & Self.highest } }

    /// How many bytes are before the first mark; eight where there is none.
    @inlinable @inline(__always)
    package static func bytes(before marks: UInt64) -> Int { marks.trailingZeroBitCount >> 3 }
}
