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
        let isBinary = isBinary(column)
        return withCell(row: row, column: column) { cell in
            cell.flatMap { isBinary ? Int64(bigEndian: $0) : Int64(decimal: $0) }
        }
    }

    /// The numbers in a `bigint[]` cell without `NULL` among them, or nil for `NULL`.
    package func integers(_ row: Int, _ column: Int) -> [Int64]? {
        let isBinary = isBinary(column)
        return withCell(row: row, column: column) { cell in
            cell.map { isBinary ? Self.integers(binary: $0) : Self.integers(text: $0) }
        }
    }

    /// The key in a `uuid` cell as text, or nil for `NULL`.
    package func uuid(_ row: Int, _ column: Int) -> String? {
        guard isBinary(column) else { return string(row, column) }
        return withCell(row: row, column: column) { cell in
            guard let cell, cell.count == 16 else { return nil }
            return String(unsafeUninitializedCapacity: 36) { text in
                var place = 0
                for index in 0..<16 {
                    if index == 4 || index == 6 || index == 8 || index == 10 {
                        text[place] = UInt8(ascii: "-")
                        place += 1
                    }
                    text[place] = digit(cell[index] >> 4)
                    text[place + 1] = digit(cell[index] & 15)
                    place += 2
                }
                return place
            }
        }
    }

    /// Dimensions, a flag and the type; size and first index of the dimension; then each number behind its length.
    private static func integers(binary cell: UnsafeRawBufferPointer) -> [Int64] {
        guard cell.count > 20 else { return [] }
        var values: [Int64] = []
        values.reserveCapacity((cell.count - 20) / 12)
        for start in stride(from: 24, through: cell.count - 8, by: 12) {
            values.append(Int64(bigEndian: cell.loadUnaligned(fromByteOffset: start, as: Int64.self)))
        }
        return values
    }

    private static func integers(text cell: UnsafeRawBufferPointer) -> [Int64] {
        var values: [Int64] = []
        var value: Int64 = 0
        var isNegative = false
        for byte in cell where cell.count > 2 {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                // Down from zero, so that the least number fits.
                value = value &* 10 &- Int64(byte - UInt8(ascii: "0"))
            case UInt8(ascii: "-"): isNegative = true
            case UInt8(ascii: ","), UInt8(ascii: "}"):
                values.append(isNegative ? value : 0 &- value)
                (value, isNegative) = (0, false)
            default: break
            }
        }
        return values
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

    /// The bytes in a `bytea` cell, or nil for `NULL` and for text that is not in the server's hexadecimal form.
    package func bytea(_ row: Int, _ column: Int) -> [UInt8]? {
        if isBinary(column) { return bytes(row, column) }
        return withCell(row: row, column: column) { cell in
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

private func digit(_ nibble: UInt8) -> UInt8 {
    nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "a") + nibble - 10
}

private func nibble(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    default: nil
    }
}

extension Int64 {
    /// Reads a number of eight, four or two bytes.
    fileprivate init?(bigEndian cell: UnsafeRawBufferPointer) {
        switch cell.count {
        case 8: self = Int64(bigEndian: cell.loadUnaligned(as: Int64.self))
        case 4: self = Int64(Int32(bigEndian: cell.loadUnaligned(as: Int32.self)))
        case 2: self = Int64(Int16(bigEndian: cell.loadUnaligned(as: Int16.self)))
        default: return nil
        }
    }

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
