/// A document that has been read: its bytes, and where in them each value is.
///
/// Reading allocates two arrays, whatever the document contains; strings and numbers are made when somebody asks
/// for them. Nodes keep the document alive.
package struct JSONDocument: Sendable {
    let storage: JSONStorage

    /// Reads a document strictly.
    ///
    /// RFC 8259 and UTF-8 without exceptions: no byte order mark, no lone surrogate, no name twice in one object
    /// (compared after unescaping), nothing but blanks after the value. The escape `\u0000` is accepted; a caller
    /// that stores text refuses it.
    ///
    /// - Throws: ``JSONError`` with the first mistake and its offset.
    package init(_ bytes: [UInt8], limits: JSONLimits = JSONLimits()) throws(JSONError) {
        storage = JSONStorage(bytes: bytes, entries: try JSONReader.entries(of: bytes, limits: limits))
    }

    /// Reads text strictly, as bytes are read.
    package init(text: String, limits: JSONLimits = JSONLimits()) throws(JSONError) {
        try self.init(Array(text.utf8), limits: limits)
    }

    /// The document's value.
    package var root: JSONNode { JSONNode(storage: storage, index: 0) }
}

/// What the nodes of one document share.
final class JSONStorage: Sendable {
    let bytes: [UInt8]
    let entries: [JSONEntry]

    init(bytes: [UInt8], entries: [JSONEntry]) {
        self.bytes = bytes
        self.entries = entries
    }
}
