package import Postgres

/// The key of a row: 128 bits, in text 32 hexadecimal digits behind a prefix for the kind, as in `tsk_0199…`.
package struct RowID: Sendable, Hashable {
    /// Its bits.
    package let key: UUIDKey

    /// The 32 lower-case hexadecimal digits; made anew each time.
    package var digits: String { key.digits }

    /// Takes over a key that the database returned, with or without hyphens.
    ///
    /// - Returns: `nil` if `uuid` does not hold exactly 32 hexadecimal digits.
    package init?(uuid: String) {
        guard let key = UUIDKey(digits: uuid.utf8.lazy.filter { $0 != UInt8(ascii: "-") }) else { return nil }
        self.key = key
    }

    /// Reads the identifier that callers see.
    ///
    /// - Returns: `nil` unless `text` is `prefix`, an underscore and 32 lower-case hexadecimal digits.
    package init?(_ text: String, prefix: String) {
        let bytes = text.utf8
        guard bytes.count == prefix.utf8.count + 33, bytes.starts(with: prefix.utf8) else { return nil }
        let rest = bytes.dropFirst(prefix.utf8.count)
        guard rest.first == UInt8(ascii: "_"), !rest.contains(where: { (UInt8(ascii: "A")...UInt8(ascii: "F")) ~= $0 }),
            let key = UUIDKey(digits: rest.dropFirst())
        else { return nil }
        self.key = key
    }

    /// A new key of version 7 (RFC 9562 section 5.7) as `time_ordered_uuid` makes it: 48 bits of milliseconds, 12 bits of a
    /// fraction of one, and 62 random bits.
    ///
    /// - Parameters:
    ///   - microseconds: Since 1970.
    ///   - random: Any number; two of its bits are lost.
    package init(at microseconds: Int64, random: UInt64) {
        let ticks = UInt64(max(0, microseconds)) * 512 / 125
        key = UUIDKey(
            high: (ticks >> 12) << 16 | 0x7000 | ticks & 0xFFF,
            low: random & (.max >> 2) | 1 << 63
        )
    }

    /// The identifier that callers see.
    package func text(prefix: String) -> String { prefix + "_" + digits }
}

extension RowID: Comparable {
    /// The order of the digits, which is the database's too.
    package static func < (one: RowID, other: RowID) -> Bool { one.key < other.key }
}

extension RowID: Bindable, BindableElement {
    /// The key as a `uuid`; the statement has to say so where nothing else tells the type.
    package var bind: Bind { .uuid(key) }
    /// A `uuid[]`.
    package static func bind(_ elements: [RowID]) -> Bind { BinaryArray(uuids: elements.map(\.key)).bind }
}
