extension QueryResult {
    /// The bytes of a cell as the server sent them, or nil for `NULL`.
    package func bytes(_ row: Int, _ column: Int) -> [UInt8]? {
        withCell(row: row, column: column) { cell in cell.map { [UInt8]($0) } }
    }

    /// The text of a cell, or nil for `NULL`.
    package func string(_ row: Int, _ column: Int) -> String? {
        withCell(row: row, column: column) { cell in cell.map { String(decoding: $0, as: UTF8.self) } }
    }

    /// The whole number in a cell, or nil for `NULL` and for what is no such number.
    package func int64(_ row: Int, _ column: Int) -> Int64? {
        withCell(row: row, column: column) { cell in cell.flatMap(Int64.init(decimal:)) }
    }

    /// The number in a cell, or nil for `NULL` and for what is no number.
    package func double(_ row: Int, _ column: Int) -> Double? {
        string(row, column).flatMap(Double.init)
    }

    /// The truth value in a cell, or nil for `NULL` and for what is neither.
    package func bool(_ row: Int, _ column: Int) -> Bool? {
        withCell(row: row, column: column) { cell in
            guard let cell, cell.count == 1 else { return nil }
            switch cell[0] {
            case UInt8(ascii: "t"): return true
            case UInt8(ascii: "f"): return false
            default: return nil
            }
        }
    }

    /// The bytes in a `bytea` cell, or nil for `NULL` and for what is not in the server's hexadecimal form.
    package func bytea(_ row: Int, _ column: Int) -> [UInt8]? {
        withCell(row: row, column: column) { cell in
            guard let cell, cell.count >= 2, cell.count % 2 == 0 else { return nil }
            guard cell[0] == UInt8(ascii: "\\"), cell[1] == UInt8(ascii: "x") else { return nil }
            var bytes: [UInt8] = []
            bytes.reserveCapacity(cell.count / 2 - 1)
            for index in stride(from: 2, to: cell.count, by: 2) {
                guard let high = nibble(cell[index]), let low = nibble(cell[index + 1]) else { return nil }
                bytes.append(high << 4 | low)
            }
            return bytes
        }
    }
}

private func nibble(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    default: nil
    }
}

extension Int64 {
    /// Reads decimal digits with an optional sign, without making a `String` of them.
    fileprivate init?(decimal cell: UnsafeRawBufferPointer) {
        var digits = cell[...]
        let isNegative = digits.first == UInt8(ascii: "-")
        if isNegative { digits.removeFirst() }
        guard !digits.isEmpty else { return nil }
        var value: Int64 = 0
        for byte in digits {
            guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
            let digit = Int64(byte - UInt8(ascii: "0"))
            let (product, overflowed) = value.multipliedReportingOverflow(by: 10)
            let (next, carried) = product.addingReportingOverflow(isNegative ? -digit : digit)
            guard !overflowed, !carried else { return nil }
            value = next
        }
        self = value
    }
}
