/// Why bytes are not a JSON document that this product reads.
package struct JSONError: Error, Equatable {
    /// The kinds of mistake.
    package enum Kind: String, Sendable, CaseIterable {
        /// The bytes break the grammar of RFC 8259, or the document is cut off.
        case syntax
        /// An object has the same name twice.
        case duplicateName
        /// Arrays and objects are nested deeper than allowed.
        case tooDeep
        /// The document has more bytes or more values than allowed.
        case tooLarge
        /// The bytes are not UTF-8, or begin with a byte order mark.
        case encoding
        /// A surrogate stands alone, as an escape or as bytes.
        case surrogate
    }

    /// What is wrong.
    package let kind: Kind
    /// The byte at which it was noticed, counted from 0.
    package let offset: Int

    /// Makes an error of a kind at a byte.
    package init(kind: Kind, offset: Int) {
        self.kind = kind
        self.offset = offset
    }

    /// One sentence for the sender of the document.
    package var message: String {
        switch kind {
        case .syntax: "This is not JSON at byte \(offset)"
        case .duplicateName: "An object has the same name twice at byte \(offset)"
        case .tooDeep: "Values are nested too deeply at byte \(offset)"
        case .tooLarge: "The document is too large at byte \(offset)"
        case .encoding: "The text is not UTF-8 at byte \(offset)"
        case .surrogate: "A surrogate stands alone at byte \(offset)"
        }
    }
}
