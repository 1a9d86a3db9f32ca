/// The 128 bits of a `uuid`.
package struct UUIDKey: Sendable, Hashable {
    package let high: UInt64
    package let low: UInt64

    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Reads hexadecimal digits, in upper or lower case.
    ///
    /// - Returns: `nil` if there are not 32, and nothing else.
    package init?(digits: some Sequence<UInt8>) {
        var (high, low, count): (UInt64, UInt64, Int) = (0, 0, 0)
        for digit in digits {
            let value: UInt8
            switch digit {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = digit - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): value = digit - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): value = digit - UInt8(ascii: "A") + 10
            default: return nil
            }
            guard count < 32 else { return nil }
            high = high << 4 | low >> 60
            low = low << 4 | UInt64(value)
            count += 1
        }
        guard count == 32 else { return nil }
        self.init(high: high, low: low)
    }

    /// 32 lower-case hexadecimal digits; made anew each time.
    package var digits: String {
        String(unsafeUninitializedCapacity: 32) { buffer in
            for place in 0..<32 {
                let half = place < 16 ? high : low
                let value = UInt8(truncatingIfNeeded: half >> UInt64(60 - place % 16 * 4)) & 15
                buffer[place] = value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
            }
            return 32
        }
    }

    /// Calls `body` with the 16 bytes, the highest first, as the server sends and takes them.
    func withBytes<Value>(_ body: (UnsafeRawBufferPointer) -> Value) -> Value {
        withUnsafeBytes(of: (high.bigEndian, low.bigEndian), body)
    }
}

extension UUIDKey: Comparable {
    /// The order of the bytes, which is the server's.
    package static func < (one: UUIDKey, other: UUIDKey) -> Bool {
        one.high == other.high ? one.low < other.low : one.high < other.high
    }
}
