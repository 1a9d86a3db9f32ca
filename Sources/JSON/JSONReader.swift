/// Reads the bytes of a document once, from left to right, into flat entries.
///
/// Strict: RFC 8259 without extensions, UTF-8, no lone surrogates, no name twice in an object, nothing after the
/// value. Recursion is as deep as the document, which the limits bound.
struct JSONReader {
    let bytes: [UInt8]
    private let limits: JSONLimits
    private(set) var entries: [JSONEntry] = []
    private var depth = 0
    var position = 0

    /// Reads a whole document, or throws the first mistake in it.
    static func entries(of bytes: [UInt8], limits: JSONLimits) throws(JSONError) -> [JSONEntry] {
        guard bytes.count <= limits.maxBytes else { throw JSONError(kind: .tooLarge, offset: limits.maxBytes) }
        var reader = JSONReader(bytes: bytes, limits: limits)
        try reader.readDocument()
        return reader.entries
    }

    private init(bytes: [UInt8], limits: JSONLimits) {
        self.bytes = bytes
        self.limits = limits
        entries.reserveCapacity(min(8 + bytes.count / 8, limits.maxNodes))
    }

    private mutating func readDocument() throws(JSONError) {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { throw JSONError(kind: .encoding, offset: 0) }
        skipBlanks()
        try readValue()
        skipBlanks()
        guard position == bytes.count else { throw mistake(.syntax) }
    }

    private mutating func readValue() throws(JSONError) {
        guard position < bytes.count else { throw mistake(.syntax) }
        switch bytes[position] {
        case UInt8(ascii: "\""): try readString()
        case UInt8(ascii: "{"): try readObject()
        case UInt8(ascii: "["): try readArray()
        case UInt8(ascii: "t"): try readWord("true", .bool)
        case UInt8(ascii: "f"): try readWord("false", .bool)
        case UInt8(ascii: "n"): try readWord("null", .null)
        default: try readNumber()
        }
    }

    // MARK: Containers

    private mutating func readObject() throws(JSONError) {
        let index = try open(.object)
        var count: Int32 = 0
        if !skip(UInt8(ascii: "}")) {
            repeat {
                skipBlanks()
                guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else { throw mistake(.syntax) }
                try readString()
                skipBlanks()
                guard skip(UInt8(ascii: ":")) else { throw mistake(.syntax) }
                skipBlanks()
                try readValue()
                count += 1
                skipBlanks()
            } while skip(UInt8(ascii: ","))
            guard skip(UInt8(ascii: "}")) else { throw mistake(.syntax) }
        }
        close(index, count: count)
        if count > 1 { try refuseDuplicates(in: index) }
    }

    private mutating func readArray() throws(JSONError) {
        let index = try open(.array)
        var count: Int32 = 0
        if !skip(UInt8(ascii: "]")) {
            repeat {
                skipBlanks()
                try readValue()
                count += 1
                skipBlanks()
            } while skip(UInt8(ascii: ","))
            guard skip(UInt8(ascii: "]")) else { throw mistake(.syntax) }
        }
        close(index, count: count)
    }

    private mutating func open(_ kind: JSONEntry.Kind) throws(JSONError) -> Int {
        guard depth < limits.maxDepth else { throw mistake(.tooDeep) }
        let index = entries.count
        try append(kind, start: position, end: position)
        depth += 1
        position += 1
        skipBlanks()
        return index
    }

    private mutating func close(_ index: Int, count: Int32) {
        depth -= 1
        entries[index].end = Int32(truncatingIfNeeded: position)
        entries[index].next = Int32(truncatingIfNeeded: entries.count)
        entries[index].count = count
    }

    // MARK: Parts

    /// Adds an entry for a value that contains no other.
    mutating func append(
        _ kind: JSONEntry.Kind,
        start: Int,
        end: Int,
        isSpecial: Bool = false
    ) throws(JSONError) {
        guard entries.count < limits.maxNodes else { throw JSONError(kind: .tooLarge, offset: start) }
        entries.append(
            JSONEntry(
                kind: kind,
                isSpecial: isSpecial,
                start: Int32(truncatingIfNeeded: start),
                end: Int32(truncatingIfNeeded: end),
                next: Int32(truncatingIfNeeded: entries.count + 1),
                count: 0
            )
        )
    }

    /// The mistake that shows at the current byte.
    func mistake(_ kind: JSONError.Kind) -> JSONError {
        JSONError(kind: kind, offset: position)
    }

    private mutating func skipBlanks() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x09, 0x0A, 0x0D: position += 1
            default: return
            }
        }
    }

    private mutating func skip(_ byte: UInt8) -> Bool {
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    private mutating func readWord(_ word: StaticString, _ kind: JSONEntry.Kind) throws(JSONError) {
        let text = word.description.utf8
        let start = position
        for byte in text {
            guard skip(byte) else { throw mistake(.syntax) }
        }
        try append(kind, start: start, end: position)
    }
}
