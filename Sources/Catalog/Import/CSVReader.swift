/// Reads records of separated values (RFC 4180) from blocks of bytes.
///
/// Lines may end in LF, CR LF or CR; empty lines are skipped. The separator is a comma, or a semicolon or a tab where
/// the first line has one of these and no comma. Nothing is held but the record that is being read.
struct CSVReader {
    /// A record, or what is left of one that is not well formed.
    struct Record: Equatable {
        /// Where it begins, counted from 1.
        var line: Int
        var fields: [[UInt8]] = []
        var problem: String?
    }

    /// Beyond this a record is not read on: most likely a quote was never closed.
    static let maxRecordBytes = 1 << 20

    private let nextBlock: () throws -> [UInt8]?
    private var block: [UInt8] = []
    private var position = 0
    private var line = 1
    private var separator: UInt8?
    private var isEnded = false

    init(_ nextBlock: @escaping () throws -> [UInt8]?) { self.nextBlock = nextBlock }

    /// The next record, or `nil` at the end.
    mutating func next() throws -> Record? {
        guard !isEnded else { return nil }
        while true {
            let record = try read()
            guard let record else {
                isEnded = true
                return nil
            }
            if record.problem != nil || record.fields.count > 1 || !(record.fields.first?.isEmpty ?? true) {
                return record
            }
        }
    }

    private enum State {
        case fieldStart, plain, quoted, quoteInQuoted, broken
    }

    /// One record, perhaps an empty one; `nil` where no byte is left.
    private mutating func read() throws -> Record? {
        guard try peek() != nil else { return nil }
        var record = Record(line: line)
        var field: [UInt8] = []
        var state = State.fieldStart
        var quoteLine = line
        var count = 0
        while let byte = try peek() {
            position += 1
            count += 1
            if count > Self.maxRecordBytes {
                isEnded = true
                record.problem =
                    state == .quoted || state == .quoteInQuoted
                    ? "The quote that opens on line \(quoteLine) is not closed within a megabyte; nothing behind it was read."
                    : "The line is longer than a megabyte; nothing behind it was read."
                return record
            }
            let isEnd = byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
            if state == .quoted {
                if isEnd {
                    try endLine(byte, appendingTo: &field)
                } else if byte == UInt8(ascii: "\"") {
                    state = .quoteInQuoted
                } else {
                    field.append(byte)
                }
                continue
            }
            if isEnd {
                var rest: [UInt8] = []
                try endLine(byte, appendingTo: &rest)
                record.fields.append(field)
                return record
            }
            switch (state, byte) {
            case (.broken, _): break
            case (.fieldStart, UInt8(ascii: "\"")):
                state = .quoted
                quoteLine = line
            case (.quoteInQuoted, UInt8(ascii: "\"")):
                field.append(byte)
                state = .quoted
            case (_, _) where isSeparator(byte):
                record.fields.append(field)
                field.removeAll(keepingCapacity: true)
                state = .fieldStart
            case (.quoteInQuoted, _):
                record.problem =
                    "Field \(record.fields.count + 1) goes on behind its closing quote; a quote inside is doubled."
                state = .broken
            case (_, UInt8(ascii: "\"")):
                record.problem =
                    "Field \(record.fields.count + 1) has a quote in the middle; quote the whole field and double it."
                state = .broken
            default:
                field.append(byte)
                state = .plain
            }
        }
        if state == .quoted { record.problem = "The quote that opens on line \(quoteLine) is not closed." }
        record.fields.append(field)
        return record
    }

    /// Counts a line; CR LF is one end.
    private mutating func endLine(_ byte: UInt8, appendingTo field: inout [UInt8]) throws {
        line += 1
        field.append(UInt8(ascii: "\n"))
        if byte == UInt8(ascii: "\r"), try peek() == UInt8(ascii: "\n") { position += 1 }
    }

    private mutating func isSeparator(_ byte: UInt8) -> Bool {
        if let separator { return byte == separator }
        guard byte == UInt8(ascii: ",") || byte == UInt8(ascii: ";") || byte == UInt8(ascii: "\t") else { return false }
        separator = byte
        return true
    }

    private mutating func peek() throws -> UInt8? {
        while position == block.count {
            guard let next = try nextBlock() else { return nil }
            block = next
            position = 0
        }
        return block[position]
    }
}
