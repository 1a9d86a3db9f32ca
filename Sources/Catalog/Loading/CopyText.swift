/// Rows in the text format of `COPY`, as they are built.
struct CopyText: Sendable {
    /// The rows so far, each with its line end.
    private(set) var bytes: [UInt8] = []
    /// How many rows are complete.
    private(set) var rowCount = 0
    private var isRowStart = true

    /// Forgets the rows and keeps the memory.
    mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        rowCount = 0
        isRowStart = true
    }

    /// The rows so far, which are forgotten then; `nil` if there is none.
    mutating func take() -> [UInt8]? {
        guard rowCount > 0 else { return nil }
        let taken = bytes
        removeAll()
        return taken
    }

    mutating func text(_ value: String?) {
        guard let value else { return null() }
        separate()
        for byte in value.utf8 { escape(byte) }
    }

    mutating func integer(_ value: (some BinaryInteger)?) {
        guard let value else { return null() }
        separate()
        bytes.append(contentsOf: String(value).utf8)
    }

    mutating func bool(_ value: Bool) {
        separate()
        bytes.append(value ? UInt8(ascii: "t") : UInt8(ascii: "f"))
    }

    /// A `text[]`.
    mutating func texts(_ values: [String]) {
        separate()
        bytes.append(UInt8(ascii: "{"))
        for (index, value) in values.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes.append(UInt8(ascii: "\""))
            for byte in value.utf8 {
                // The array's own escape is a backslash, which COPY wants doubled.
                if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { escape(UInt8(ascii: "\\")) }
                escape(byte)
            }
            bytes.append(UInt8(ascii: "\""))
        }
        bytes.append(UInt8(ascii: "}"))
    }

    /// A `timestamptz`, from microseconds since 1970.
    mutating func moment(_ value: Int64?) {
        guard let value else { return null() }
        separate()
        UTCTime.append(value, to: &bytes)
    }

    /// A `date`, from microseconds since 1970.
    mutating func day(_ value: Int64?) {
        guard let value else { return null() }
        separate()
        UTCTime.appendDay(value, to: &bytes)
    }

    mutating func null() {
        separate()
        bytes.append(UInt8(ascii: "\\"))
        bytes.append(UInt8(ascii: "N"))
    }

    /// A `bigint[]`.
    mutating func integers(_ values: [Int64]) {
        separate()
        bytes.append(UInt8(ascii: "{"))
        for (index, value) in values.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes.append(contentsOf: String(value).utf8)
        }
        bytes.append(UInt8(ascii: "}"))
    }

    mutating func endRow() {
        bytes.append(UInt8(ascii: "\n"))
        rowCount += 1
        isRowStart = true
    }

    private mutating func separate() {
        if !isRowStart { bytes.append(UInt8(ascii: "\t")) }
        isRowStart = false
    }

    private mutating func escape(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\\"): bytes.append(contentsOf: [UInt8(ascii: "\\"), UInt8(ascii: "\\")])
        case UInt8(ascii: "\n"): bytes.append(contentsOf: [UInt8(ascii: "\\"), UInt8(ascii: "n")])
        case UInt8(ascii: "\r"): bytes.append(contentsOf: [UInt8(ascii: "\\"), UInt8(ascii: "r")])
        case UInt8(ascii: "\t"): bytes.append(contentsOf: [UInt8(ascii: "\\"), UInt8(ascii: "t")])
        default: bytes.append(byte)
        }
    }
}
