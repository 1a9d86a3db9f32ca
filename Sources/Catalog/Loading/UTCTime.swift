import Tools

/// Points in time and days as `COPY` takes them, from microseconds since 1970.
enum UTCTime {
    static let microsecondsOfDay: Int64 = 86_400_000_000

    /// Appends `2026-03-09 17:04:05.000123Z`.
    static func append(_ microseconds: Int64, to bytes: inout [UInt8]) {
        var rest = appendDay(microseconds, to: &bytes)
        bytes.append(UInt8(ascii: " "))
        for (unit, mark) in [(3_600_000_000, ":"), (60_000_000, ":"), (1_000_000, ".")] as [(Int, Unicode.Scalar)] {
            bytes.append(digits: rest / unit, width: 10)
            bytes.append(UInt8(ascii: mark))
            rest %= unit
        }
        bytes.append(digits: rest, width: 100_000)
        bytes.append(UInt8(ascii: "Z"))
    }

    /// Appends `2026-03-09`, the day of a point in time.
    ///
    /// - Returns: The microseconds since that day's midnight.
    @discardableResult
    static func appendDay(_ microseconds: Int64, to bytes: inout [UInt8]) -> Int {
        let (quotient, remainder) = microseconds.quotientAndRemainder(dividingBy: microsecondsOfDay)
        let day = remainder < 0 ? quotient - 1 : quotient
        let date = Moment.civil(Int(day))
        bytes.append(digits: date.year, width: 1000)
        bytes.append(UInt8(ascii: "-"))
        bytes.append(digits: date.month, width: 10)
        bytes.append(UInt8(ascii: "-"))
        bytes.append(digits: date.day, width: 10)
        return Int(microseconds - day * microsecondsOfDay)
    }
}

extension [UInt8] {
    /// Appends a number with leading zeros; `width` is the place of the first digit, such as 10 for two of them.
    fileprivate mutating func append(digits number: Int, width: Int) {
        var place = width
        while place > 0 {
            append(UInt8(ascii: "0") + UInt8(number / place % 10))
            place /= 10
        }
    }
}
