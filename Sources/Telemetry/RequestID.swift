/// The name of one request in the log, in error answers and in the `X-Request-ID` header.
package struct RequestID: Sendable, Hashable, CustomStringConvertible {
    /// The longest id that is taken over from a request, in bytes.
    package static let maxIncomingBytes = 64

    /// The id as text: letters, digits, `-`, `_` and `.` only.
    package let description: String

    /// Makes a new id of 128 random bits, as 32 hex digits.
    package init() {
        var generator = SystemRandomNumberGenerator()
        var digits: [UInt8] = []
        digits.reserveCapacity(32)
        for _ in 0..<2 {
            let half: UInt64 = generator.next()
            for shift in stride(from: 60, through: 0, by: -4) {
                let digit = UInt8(truncatingIfNeeded: half >> UInt64(shift)) & 15
                digits.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
            }
        }
        description = String(decoding: digits, as: UTF8.self)
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
