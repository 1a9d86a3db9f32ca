import Glibc

/// The `Date` line of answers, made once a second.
struct DateLine {
    private var second: time_t = -1
    /// The line with its end.
    private(set) var bytes: [UInt8] = []

    /// Makes the line new if the second has changed.
    mutating func update(to time: time_t) {
        guard time != second else { return }
        second = time
        var moment = time
        var parts = tm()
        gmtime_r(&moment, &parts)
        let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let day = days[Int(parts.tm_wday)] + ", " + padded(parts.tm_mday) + " " + months[Int(parts.tm_mon)]
        let clock = padded(parts.tm_hour) + ":" + padded(parts.tm_min) + ":" + padded(parts.tm_sec)
        bytes = Array("Date: \(day) \(parts.tm_year + 1900) \(clock) GMT\r\n".utf8)
    }

    private func padded(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
