/// One value or name of a document: a kind and a range of its bytes.
///
/// The entries of a document are one flat array in the order of the text. An object's entries are followed by its
/// names and values in turn, an array's by its elements, and `next` leads past everything inside.
struct JSONEntry: Sendable {
    /// What the bytes are.
    enum Kind: UInt8, Sendable {
        case null
        case bool
        case number
        case string
        case array
        case object
    }

    let kind: Kind
    /// A string: something in it is escaped. A number: it has a fraction or an exponent.
    let isSpecial: Bool
    /// The first byte; of a string, the first one inside the quotes.
    let start: Int32
    /// The byte after the last one; of a string, its closing quote.
    var end: Int32
    /// The entry after this value and all that it contains.
    var next: Int32
    /// How many elements or members it has.
    var count: Int32
}
