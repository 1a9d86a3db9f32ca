/// Cuts a stream of bytes into lines, of which none is held that is longer than the limit.
struct LineReader {
    /// What stood between two line ends.
    enum Line: Equatable {
        /// The bytes without the line end; never none, for empty lines are left out.
        case text([UInt8])
        /// More bytes than the limit; told as soon as they are, and the rest is skipped.
        case overlong
    }

    private let limit: Int
    private var pending: [UInt8] = []
    private var isSkipping = false

    /// Starts before the first line.
    init(limit: Int) { self.limit = limit }

    /// Takes what was read and gives the lines that are complete with it.
    mutating func read(_ bytes: [UInt8]) -> [Line] {
        var lines: [Line] = []
        var rest = bytes[...]
        while let end = rest.firstIndex(of: 0x0A) {
            if let overlong = append(rest[..<end]) { lines.append(overlong) }
            if let line = finish() { lines.append(line) }
            rest = rest[(end + 1)...]
        }
        if let overlong = append(rest) { lines.append(overlong) }
        return lines
    }

    /// Ends the line that has begun, as a line end does; the last one of a stream may have none.
    mutating func finish() -> Line? {
        defer {
            pending = []
            isSkipping = false
        }
        if pending.last == 0x0D { pending.removeLast() }
        return isSkipping || pending.isEmpty ? nil : .text(pending)
    }

    private mutating func append(_ bytes: ArraySlice<UInt8>) -> Line? {
        guard !isSkipping else { return nil }
        guard pending.count + bytes.count <= limit else {
            pending = []
            isSkipping = true
            return .overlong
        }
        pending += bytes
        return nil
    }
}
