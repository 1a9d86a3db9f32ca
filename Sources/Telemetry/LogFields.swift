/// The metadata of one log line, in the order in which it is written.
package struct LogFields: Sendable, Equatable, ExpressibleByDictionaryLiteral {
    private(set) var entries: [(key: LogKey, value: LogValue)]

    /// Takes the entries of a literal: `[.tool: .string(name), .status: 200]`.
    package init(dictionaryLiteral elements: (LogKey, LogValue)...) {
        entries = elements.map { (key: $0.0, value: $0.1) }
    }

    /// The value under a key. Setting replaces it in place or appends it; `nil` removes it.
    package subscript(key: LogKey) -> LogValue? {
        get { entries.first { $0.key == key }?.value }
        set {
            let index = entries.firstIndex { $0.key == key }
            switch (index, newValue) {
            case (let index?, let value?): entries[index].value = value
            case (let index?, nil): entries.remove(at: index)
            case (nil, let value?): entries.append((key: key, value: value))
            case (nil, nil): break
            }
        }
    }

    /// Gives these fields with `other` after them, whose values win where both have a key.
    package func merging(_ other: LogFields) -> LogFields {
        guard !entries.isEmpty else { return other }
        var merged = self
        for entry in other.entries { merged[entry.key] = entry.value }
        return merged
    }

    /// Whether both have the same keys and values in the same order.
    package static func == (left: LogFields, right: LogFields) -> Bool {
        left.entries.elementsEqual(right.entries) { $0.key == $1.key && $0.value == $1.value }
    }
}

/// A value in the log.
package enum LogValue: Sendable, Equatable {
    /// Text; escaped, and cut after ``maxTextBytes``.
    case string(String)
    /// A whole number.
    case integer(Int)
    /// A number; written as `null` when it is infinite or not a number.
    case double(Double)
    /// Yes or no.
    case bool(Bool)

    /// How much of a text is written, in UTF-8 bytes.
    package static let maxTextBytes = 1024

    /// Gives a time span in milliseconds, to the microsecond.
    package static func milliseconds(_ duration: Duration) -> LogValue {
        let (seconds, attoseconds) = duration.components
        let microseconds = seconds * 1_000_000 + attoseconds / 1_000_000_000_000
        return .double(Double(microseconds) / 1000)
    }
}

extension LogValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
    ExpressibleByBooleanLiteral
{
    /// Takes a literal text.
    package init(stringLiteral value: String) { self = .string(value) }
    /// Takes a literal whole number.
    package init(integerLiteral value: Int) { self = .integer(value) }
    /// Takes a literal number.
    package init(floatLiteral value: Double) { self = .double(value) }
    /// Takes `true` or `false`.
    package init(booleanLiteral value: Bool) { self = .bool(value) }
}
