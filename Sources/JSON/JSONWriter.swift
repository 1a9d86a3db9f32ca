/// Appends JSON text to bytes, with commas where they belong.
///
///     var writer = JSONWriter()
///     writer.beginObject()
///     writer.key("id")
///     writer.write(7)
///     writer.endObject()
///
/// The caller balances begin and end, and writes one value after each key.
package struct JSONWriter: Sendable {
    /// What has been written.
    package private(set) var bytes: [UInt8]
    /// Whether the next value or key needs a comma before it.
    private var needsComma = false

    /// Starts with nothing written.
    ///
    /// - Parameter capacity: How many bytes to make room for at once.
    package init(capacity: Int = 0) {
        bytes = []
        bytes.reserveCapacity(capacity)
    }

    /// Writes a value.
    package mutating func write(_ value: JSONValue) {
        switch value {
        case .null: writeWord("null")
        case .bool(let truth): write(bool: truth)
        case .integer(let number): write(integer: number)
        case .double(let number): write(double: number)
        case .string(let text): write(string: text)
        case .raw(let raw): write(raw: raw)
        case .array(let elements):
            beginArray()
            for element in elements { write(element) }
            endArray()
        case .object(let members):
            beginObject()
            for member in members { write(member.name, member.value) }
            endObject()
        }
    }

    /// Writes a value that is already text.
    package mutating func write(raw: RawJSON) { write(raw: raw.bytes) }

    /// Writes bytes that are already one JSON value.
    package mutating func write(raw: [UInt8]) {
        separate()
        bytes += raw
    }

    /// Writes a text.
    package mutating func write(string text: String) {
        separate()
        appendQuoted(text)
    }

    /// Writes a whole number.
    package mutating func write(integer number: Int64) { writeWord(String(number)) }

    /// Writes a number in the shortest form that reads back the same, or `null` if it is not finite.
    package mutating func write(double number: Double) { writeWord(number.isFinite ? number.description : "null") }

    /// Writes a truth value.
    package mutating func write(bool truth: Bool) { writeWord(truth ? "true" : "false") }

    /// Writes UTF-8 text, such as JSON, as a JSON string.
    package mutating func write(quoting text: [UInt8]) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        bytes.append(escaping: text.span)
        bytes.append(UInt8(ascii: "\""))
    }

    // MARK: Containers

    /// Begins an object.
    package mutating func beginObject() { begin(UInt8(ascii: "{")) }

    /// Ends the object that was begun last.
    package mutating func endObject() { end(UInt8(ascii: "}")) }

    /// Begins an array.
    package mutating func beginArray() { begin(UInt8(ascii: "[")) }

    /// Ends the array that was begun last.
    package mutating func endArray() { end(UInt8(ascii: "]")) }

    /// Writes the name of the member whose value comes next.
    package mutating func key(_ name: String) {
        separate()
        appendQuoted(name)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    /// Writes a member.
    package mutating func write(_ name: String, _ value: JSONValue) {
        key(name)
        write(value)
    }

    /// Writes members into the object that is open.
    package mutating func write(members: [JSONMember]) {
        for member in members { write(member.name, member.value) }
    }

    // MARK: Parts

    private mutating func begin(_ bracket: UInt8) {
        separate()
        bytes.append(bracket)
        needsComma = false
    }

    private mutating func end(_ bracket: UInt8) {
        bytes.append(bracket)
        needsComma = true
    }

    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        needsComma = true
    }

    private mutating func writeWord(_ word: String) {
        separate()
        bytes += word.utf8
    }

    private mutating func appendQuoted(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        bytes.append(escaping: text.utf8Span.span)
        bytes.append(UInt8(ascii: "\""))
    }
}
