import Glibc

/// The binds of one statement in the form that libpq takes.
struct Parameters {
    /// All values, each ended by a zero byte.
    private var storage: [UInt8] = []
    /// Where each value starts, and its length; nil for `NULL`.
    private var spans: [(start: Int, count: Int)?] = []
    private var formats: [CInt] = []

    init(_ binds: [Bind]) throws(PostgresError) {
        spans.reserveCapacity(binds.count)
        formats.reserveCapacity(binds.count)
        for bind in binds { try append(bind) }
    }

    /// Calls `body` with the four parallel arguments of `PQsendQueryPrepared` and its kin.
    func withPointers<Value>(
        _ body: (
            _ count: CInt, _ values: UnsafePointer<UnsafePointer<CChar>?>?, _ lengths: UnsafePointer<CInt>?,
            _ formats: UnsafePointer<CInt>?
        ) -> Value
    ) -> Value {
        guard !spans.isEmpty else { return body(0, nil, nil, nil) }
        return storage.withUnsafeBytes { bytes in
            let values = spans.map { span in
                span.flatMap { bytes.baseAddress?.advanced(by: $0.start).assumingMemoryBound(to: CChar.self) }
            }
            let lengths = spans.map { CInt($0?.count ?? 0) }
            return body(CInt(spans.count), values, lengths, formats)
        }
    }

    private mutating func append(_ bind: Bind) throws(PostgresError) {
        let start = storage.count
        var format: CInt = 0
        switch bind {
        case .null:
            spans.append(nil)
            formats.append(0)
            return
        case .text(let text): storage.append(contentsOf: text.utf8)
        case .integer(let number): storage.append(contentsOf: String(number).utf8)
        case .double(let number): storage.append(contentsOf: Self.text(of: number).utf8)
        case .boolean(let truth): storage.append(truth ? UInt8(ascii: "t") : UInt8(ascii: "f"))
        case .uuid(let key):
            key.withBytes { storage.append(contentsOf: $0) }
            format = 1
        case .utf8(let bytes): storage.append(contentsOf: bytes)
        case .texts(let elements): appendArray(elements)
        case .integers(let elements):
            storage.append(contentsOf: "{\(elements.map(String.init).joined(separator: ","))}".utf8)
        case .bytes(let bytes):
            storage.append(contentsOf: bytes)
            format = 1
        }
        let count = storage.count - start
        if format == 0, Self.holds(0, storage.span.extracting(start...)) {
            // libpq reads text up to the first zero byte: what follows would be dropped without a word.
            throw PostgresError(.invalidValue, "text with a zero byte", sqlState: .characterNotInRepertoire)
        }
        guard count <= 1 << 30 else { throw PostgresError(.invalidValue, "value of more than a gigabyte") }
        storage.append(0)
        spans.append((start, count))
        formats.append(format)
    }

    private mutating func appendArray(_ elements: [String]) {
        let (quote, backslash) = (UInt8(ascii: "\""), UInt8(ascii: "\\"))
        storage.append(UInt8(ascii: "{"))
        for (index, element) in elements.enumerated() {
            if index > 0 { storage.append(UInt8(ascii: ",")) }
            storage.append(quote)
            let text = element.utf8Span.span
            if Self.holds(quote, text) || Self.holds(backslash, text) {
                for byte in element.utf8 {
                    if byte == quote || byte == backslash { storage.append(backslash) }
                    storage.append(byte)
                }
            } else {
                text.withUnsafeBufferPointer { storage.append(contentsOf: $0) }
            }
            storage.append(quote)
        }
        storage.append(UInt8(ascii: "}"))
    }

    private static func holds(_ byte: UInt8, _ bytes: Span<UInt8>) -> Bool {
        bytes.withUnsafeBytes { bytes in
            bytes.baseAddress.map { memchr($0, CInt(byte), bytes.count) != nil } ?? false
        }
    }

    private static func text(of number: Double) -> String {
        if number.isNaN { return "NaN" }
        if number.isInfinite { return number < 0 ? "-Infinity" : "Infinity" }
        return "\(number)"
    }
}
