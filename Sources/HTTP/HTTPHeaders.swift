/// Header fields in their order, looked up without regard to case.
///
/// All names and values lie in one buffer, and a field is four numbers, so a request's header costs two allocations
/// however many fields it has. A value becomes a `String` when somebody asks for it.
package struct HTTPHeaders: Sendable {
    /// Where one field's name and value are in the buffer.
    package struct Field: Sendable {
        package let nameStart: UInt32
        package let nameCount: UInt32
        package let valueStart: UInt32
        package let valueCount: UInt32

        /// Takes the positions as the parser counted them.
        package init(nameStart: Int, nameCount: Int, valueStart: Int, valueCount: Int) {
            self.nameStart = UInt32(truncatingIfNeeded: nameStart)
            self.nameCount = UInt32(truncatingIfNeeded: nameCount)
            self.valueStart = UInt32(truncatingIfNeeded: valueStart)
            self.valueCount = UInt32(truncatingIfNeeded: valueCount)
        }

        var name: Range<Int> { Int(nameStart)..<Int(nameStart) + Int(nameCount) }
        var value: Range<Int> { Int(valueStart)..<Int(valueStart) + Int(valueCount) }
    }

    private var bytes: [UInt8]
    private var fields: [Field]

    /// Makes a header without fields.
    package init() {
        bytes = []
        fields = []
    }

    /// Adopts what the parser has read; every field must lie within `bytes`, which hold valid UTF-8 values.
    package init(bytes: [UInt8], fields: [Field]) {
        self.bytes = bytes
        self.fields = fields
    }

    /// How many fields there are, repeated ones counted each.
    package var count: Int { fields.count }

    /// The first value under a name.
    package func first(_ name: HTTPHeaderName) -> String? {
        fields.first { matches($0, name) }.map { text($0.value) }
    }

    /// Every value under a name, in order.
    package func all(_ name: HTTPHeaderName) -> [String] {
        fields.filter { matches($0, name) }.map { text($0.value) }
    }

    /// Whether there is a field with this name.
    package func contains(_ name: HTTPHeaderName) -> Bool {
        fields.contains { matches($0, name) }
    }

    /// Whether there is a field whose name begins so.
    package func containsName(beginning start: HTTPHeaderName) -> Bool {
        let utf8 = start.rawValue.utf8
        return fields.contains { field in
            guard utf8.count <= Int(field.nameCount) else { return false }
            var index = Int(field.nameStart)
            for byte in utf8 {
                guard ASCII.lowercased(bytes[index]) == ASCII.lowercased(byte) else { return false }
                index += 1
            }
            return true
        }
    }

    /// Adds a field behind the others.
    ///
    /// A control character in the value becomes a blank, so that a value made from data cannot start a field of its
    /// own; a field whose name is not a token is left out.
    package mutating func append(_ name: HTTPHeaderName, _ value: String) {
        let nameUTF8 = name.rawValue.utf8
        guard !nameUTF8.isEmpty, nameUTF8.allSatisfy(ASCII.isToken) else { return }
        let nameStart = bytes.count
        bytes.append(contentsOf: nameUTF8)
        let valueStart = bytes.count
        bytes.append(contentsOf: value.utf8)
        for index in valueStart..<bytes.count where !ASCII.isFieldContent(bytes[index]) { bytes[index] = ASCII.space }
        fields.append(
            Field(
                nameStart: nameStart,
                nameCount: valueStart - nameStart,
                valueStart: valueStart,
                valueCount: bytes.count - valueStart
            )
        )
    }

    /// Replaces every field with this name by one.
    package mutating func set(_ name: HTTPHeaderName, _ value: String) {
        remove(name)
        append(name, value)
    }

    /// Drops every field with this name.
    package mutating func remove(_ name: HTTPHeaderName) {
        fields = fields.filter { !matches($0, name) }
    }

    /// Appends the fields as lines of HTTP/1.1, without those that only the server itself may write.
    ///
    /// Left out are `Connection`, `Content-Length`, `Transfer-Encoding` and `Date`.
    package func appendLines(to output: inout [UInt8]) {
        for field in fields where !isFraming(field) {
            output.append(contentsOf: bytes[field.name])
            output.append(ASCII.colon)
            output.append(ASCII.space)
            output.append(contentsOf: bytes[field.value])
            output.append(ASCII.carriageReturn)
            output.append(ASCII.lineFeed)
        }
    }

    private func isFraming(_ field: Field) -> Bool {
        switch field.nameCount {
        case 4: matches(field, .date)
        case 10: matches(field, .connection)
        case 14: matches(field, .contentLength)
        case 17: matches(field, .transferEncoding)
        default: false
        }
    }

    private func matches(_ field: Field, _ name: HTTPHeaderName) -> Bool {
        let utf8 = name.rawValue.utf8
        guard utf8.count == Int(field.nameCount) else { return false }
        var index = Int(field.nameStart)
        for byte in utf8 {
            guard ASCII.lowercased(bytes[index]) == ASCII.lowercased(byte) else { return false }
            index += 1
        }
        return true
    }

    private func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
}

extension HTTPHeaders: Sequence {
    /// The fields as text, names as they were written.
    package func makeIterator() -> some IteratorProtocol<(name: String, value: String)> {
        fields.lazy.map { (name: text($0.name), value: text($0.value)) }.makeIterator()
    }
}

extension HTTPHeaders: Equatable {
    /// Compares names without regard to case, values exactly, and the order of fields.
    package static func == (left: Self, right: Self) -> Bool {
        guard left.count == right.count else { return false }
        return zip(left.fields, right.fields).allSatisfy { one, other in
            left.bytes[one.name].elementsEqual(right.bytes[other.name]) { ASCII.lowercased($0) == ASCII.lowercased($1) }
                && left.bytes[one.value] == right.bytes[other.value]
        }
    }
}

extension HTTPHeaders: ExpressibleByDictionaryLiteral {
    /// Makes a header from literal names and their values, in order.
    package init(dictionaryLiteral elements: (HTTPHeaderName, String)...) {
        self.init()
        for (name, value) in elements { append(name, value) }
    }
}
