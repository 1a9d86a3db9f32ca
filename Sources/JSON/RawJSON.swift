/// Bytes that are known to be one JSON value and go out as they are.
///
/// Whoever makes one vouches for it: the bytes come from the database, from a document that was read, or from a
/// literal in the program. Nothing checks them again.
package struct RawJSON: Sendable, Hashable {
    /// The JSON text, UTF-8.
    package let bytes: [UInt8]

    /// Takes bytes that the caller knows to be JSON.
    package init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Takes text that the caller knows to be JSON.
    package init(text: String) {
        self.bytes = Array(text.utf8)
    }

    /// Writes a value down.
    package init(_ value: JSONValue) {
        var writer = JSONWriter()
        writer.write(value)
        self.bytes = writer.bytes
    }

    /// The JSON text.
    package var text: String { String(decoding: bytes, as: UTF8.self) }
}

extension RawJSON: ExpressibleByStringLiteral {
    /// Takes a literal of the program that is JSON.
    package init(stringLiteral value: String) {
        self.init(text: value)
    }
}

extension RawJSON: CustomStringConvertible {
    /// The JSON text.
    package var description: String { text }
}
