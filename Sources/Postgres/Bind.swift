/// A value that travels beside a statement, never inside of its text.
///
/// Types are left to the server, which infers them from where the value is used: `id = \(id)` takes the column's type.
/// Where nothing tells the type, the statement says it: `\(limit)::bigint`.
package enum Bind: Sendable, Equatable {
    /// SQL `NULL`.
    case null
    /// Text, or anything that its type reads from text.
    case text(String)
    /// A whole number.
    case integer(Int64)
    /// A floating-point number.
    case double(Double)
    /// A key.
    case uuid(UUIDKey)
    /// True or false.
    case boolean(Bool)
    /// A value in the server's binary form: the bytes of a `bytea`, or a ``BinaryArray``.
    case bytes([UInt8])
    /// Text given as UTF-8 bytes, such as JSON from a request.
    case utf8([UInt8])
    /// Elements of a `text[]`.
    case texts([String])
    /// Elements of a `bigint[]`.
    case integers([Int64])

    /// Text that is known to be JSON.
    package static func json(_ text: String) -> Bind { .text(text) }

    /// Bytes that are known to be JSON.
    package static func json(_ bytes: [UInt8]) -> Bind { .utf8(bytes) }
}

/// A Swift value that can be interpolated into ``SQL``.
package protocol Bindable {
    /// The value as it travels.
    var bind: Bind { get }
}

/// A Swift value whose arrays can be interpolated into ``SQL``.
package protocol BindableElement {
    /// An array of such values as it travels.
    static func bind(_ elements: [Self]) -> Bind
}

extension Bind: Bindable {
    /// The value itself.
    package var bind: Bind { self }
}

extension String: Bindable, BindableElement {
    /// The text.
    package var bind: Bind { .text(self) }
    /// A `text[]`.
    package static func bind(_ elements: [String]) -> Bind { .texts(elements) }
}

extension Substring: Bindable {
    /// The text.
    package var bind: Bind { .text(String(self)) }
}

extension Int: Bindable, BindableElement {
    /// The number.
    package var bind: Bind { .integer(Int64(self)) }
    /// A `bigint[]`.
    package static func bind(_ elements: [Int]) -> Bind { .integers(elements.map(Int64.init)) }
}

extension Int64: Bindable, BindableElement {
    /// The number.
    package var bind: Bind { .integer(self) }
    /// A `bigint[]`.
    package static func bind(_ elements: [Int64]) -> Bind { .integers(elements) }
}

extension Double: Bindable {
    /// The number.
    package var bind: Bind { .double(self) }
}

extension Bool: Bindable {
    /// The truth value.
    package var bind: Bind { .boolean(self) }
}

extension UInt8: BindableElement {
    /// A `bytea`.
    package static func bind(_ elements: [UInt8]) -> Bind { .bytes(elements) }
}

extension Array: Bindable where Element: BindableElement {
    /// The array, or for bytes the `bytea`.
    package var bind: Bind { Element.bind(self) }
}

extension Optional: Bindable where Wrapped: Bindable {
    /// The value, or `NULL`.
    package var bind: Bind { self?.bind ?? .null }
}
