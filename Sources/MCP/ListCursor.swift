import Crypto

/// Makes the cursors of lists and reads them back: the last name of a page, sealed.
struct ListCursor: Sendable {
    private let seal: Seal

    init(seal: Seal) {
        self.seal = seal
    }

    /// The cursor that leads past a name.
    func make(after name: String, in method: String, binding: [UInt8]) -> String {
        seal.seal(Array(name.utf8), context: context(method, binding))
    }

    /// The name behind a cursor, or `nil` if it is not one of this list and this caller.
    func open(_ cursor: String, in method: String, binding: [UInt8]) -> String? {
        seal.open(cursor, context: context(method, binding)).flatMap { String(validating: $0, as: UTF8.self) }
    }

    private func context(_ method: String, _ binding: [UInt8]) -> [UInt8] {
        Array("mcp cursor\u{0}\(method)\u{0}".utf8) + binding
    }
}
