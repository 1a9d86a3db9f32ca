import Synchronization

/// The name of one request in the log, in error answers and in the `X-Request-ID` header.
package struct RequestID: Sendable, Hashable, CustomStringConvertible {
    /// The longest id that is taken over from a request, in bytes.
    package static let maxIncomingBytes = 64

    /// The id as text: letters, digits, `-`, `_` and `.` only.
    package let description: String

    /// Two random numbers that tell this process's ids from others', and how many ids there were.
    private static let origin = (UInt64.random(in: 0 ... .max), UInt64.random(in: 0 ... .max))
    private static let count = Atomic<UInt64>(0)

    /// Makes a new id of 128 bits, as 32 hex digits.
    ///
    /// It is as good as random for telling requests apart, and no secret: the process asks the system for random bits
    /// once, not for each request.
    package init() {
        let number = Self.count.wrappingAdd(1, ordering: .relaxed).newValue
        var digits: [UInt8] = []
        digits.reserveCapacity(32)
        for half in [Self.mixed(Self.origin.0 &+ number &* 0x9E37_79B9_7F4A_7C15), Self.mixed(Self.origin.1 ^ number)] {
            for shift in stride(from: 60, through: 0, by: -4) {
                let digit = UInt8(truncatingIfNeeded: half >> UInt64(shift)) & 15
                digits.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
            }
        }
        description = String(decoding: digits, as: UTF8.self)
    }

    /// Spreads a number over all bits, each to another one (SplitMix64).
    private static func mixed(_ number: UInt64) -> UInt64 {
        var bits = number
        bits = (bits ^ bits >> 30) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ bits >> 27) &* 0x94D0_49BB_1331_11EB
        return bits ^ bits >> 31
    }

    /// Takes over the id that came with a request, if it is one that can be logged and sent back as it is; else makes
    /// a new one.
    package init(incoming: String?) {
        guard let incoming, Self.isAcceptable(incoming) else {
            self.init()
            return
        }
        self.init(description: incoming)
    }

    private init(description: String) { self.description = description }

    private static func isAcceptable(_ text: String) -> Bool {
        (8...maxIncomingBytes).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                    UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
                    true
                default: false
                }
            }
    }
}
