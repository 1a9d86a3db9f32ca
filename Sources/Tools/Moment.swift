/// Dates and date-times as arguments give them.
package enum Moment {
    /// Reads `2026-11-20` (midnight UTC) or a date-time with an offset (RFC 3339).
    ///
    /// - Returns: Microseconds since 1970, or `nil` for another form or a day that does not exist.
    package static func microseconds(from text: String) -> Int64? {
        var digits = Scanner(Array(text.utf8))
        guard let year = digits.number(4), digits.skip("-"), let month = digits.number(2), digits.skip("-"),
            let day = digits.number(2), year >= 1, (1...12).contains(month),
            (1...daysIn(month, of: year)).contains(day)
        else { return nil }
        let midnight = Int64(days(year, month, day)) * 86_400
        if digits.isAtEnd { return midnight * 1_000_000 }
        guard digits.skip("T") || digits.skip("t") || digits.skip(" "), let hour = digits.number(2), digits.skip(":"),
            let minute = digits.number(2), hour < 24, minute < 60
        else { return nil }
        var second = 0
        var fraction: Int64 = 0
        if digits.skip(":") {
            guard let read = digits.number(2), read < 60 else { return nil }
            second = read
            if digits.skip(".") {
                guard let read = digits.fraction() else { return nil }
                fraction = read
            }
        }
        guard let offset = digits.offset(), digits.isAtEnd else { return nil }
        let seconds = midnight + Int64(hour * 3600 + minute * 60 + second) - Int64(offset * 60)
        return seconds * 1_000_000 + fraction
    }

    /// The moment as results give it: RFC 3339 in UTC, to the millisecond.
    package static func text(_ microseconds: Int64) -> String {
        let seconds = microseconds.dividedFloored(by: 1_000_000)
        let milliseconds = (microseconds - seconds * 1_000_000) / 1000
        let day = seconds.dividedFloored(by: 86_400)
        let second = seconds - day * 86_400
        let (year, month, date) = civil(Int(day))
        return "\(padded(year, 4))-\(padded(month, 2))-\(padded(date, 2))T\(padded(Int(second / 3600), 2)):"
            + "\(padded(Int(second / 60 % 60), 2)):\(padded(Int(second % 60), 2)).\(padded(Int(milliseconds), 3))Z"
    }

    private static func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    /// Year, month and day of a count of days since 1970-01-01.
    package static func civil(_ days: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth + (shiftedMonth < 10 ? 3 : -9)
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }

    private static func daysIn(_ month: Int, of year: Int) -> Int {
        switch month {
        case 2: (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Days since 1970-01-01 in the proleptic Gregorian calendar.
    private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}

extension Int64 {
    fileprivate func dividedFloored(by divisor: Int64) -> Int64 {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }
}

/// A position in the text of a date.
private struct Scanner {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { position == bytes.count }

    mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    mutating func number(_ count: Int) -> Int? {
        guard position + count <= bytes.count else { return nil }
        var value = 0
        for byte in bytes[position..<position + count] {
            guard (48...57).contains(byte) else { return nil }
            value = value * 10 + Int(byte - 48)
        }
        position += count
        return value
    }

    /// One to nine digits behind a point, in microseconds.
    mutating func fraction() -> Int64? {
        var value: Int64 = 0
        var count = 0
        while position < bytes.count, (48...57).contains(bytes[position]), count < 9 {
            if count < 6 { value = value * 10 + Int64(bytes[position] - 48) }
            count += 1
            position += 1
        }
        guard count > 0 else { return nil }
        for _ in min(count, 6)..<6 { value *= 10 }
        return value
    }

    /// `Z` or `±hh:mm`, in minutes.
    mutating func offset() -> Int? {
        if skip("Z") || skip("z") { return 0 }
        let sign = skip("+") ? 1 : skip("-") ? -1 : 0
        guard sign != 0, let hours = number(2), hours < 24 else { return nil }
        _ = skip(":")
        guard let minutes = number(2), minutes < 60 else { return nil }
        return sign * (hours * 60 + minutes)
    }
}
