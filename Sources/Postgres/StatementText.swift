import Glibc

/// The text of a statement as a key.
///
/// Statements are long and few, and all are this program's own, so length and ending are enough of a hash. Bytes are
/// compared, not characters: texts that mean the same in different normal forms of Unicode are different statements.
struct StatementText: Hashable {
    private static let hashedBytes = 48
    private let text: String

    init(_ text: String) { self.text = text }

    func hash(into hasher: inout Hasher) {
        hasher.combine(text.utf8.count)
        withBytes { bytes in hasher.combine(bytes: UnsafeRawBufferPointer(rebasing: bytes.suffix(Self.hashedBytes))) }
    }

    static func == (left: Self, right: Self) -> Bool {
        left.withBytes { one in
            right.withBytes { other in
                guard one.count == other.count else { return false }
                guard let first = one.baseAddress, let second = other.baseAddress else { return true }
                return memcmp(first, second, one.count) == 0
            }
        }
    }

    private func withBytes<Value>(_ body: (UnsafeRawBufferPointer) -> Value) -> Value {
        text.utf8.withContiguousStorageIfAvailable { body(UnsafeRawBufferPointer($0)) }
            ?? Array(text.utf8).withUnsafeBytes(body)
    }
}
