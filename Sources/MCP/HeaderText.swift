import Crypto

/// The value of a header that repeats a text of the body, which may be any Unicode.
///
/// Text that a header cannot carry is sent as `=?base64?…?=`. Only `Mcp-Name` and `Mcp-Param-*` may do so.
package enum HeaderText {
    private static let opening = "=?base64?"
    private static let closing = "?="

    /// The value that stands for a text: the text itself where a header carries it unchanged, else encoded.
    ///
    /// Encoded is what has controls, anything but ASCII or a blank at an end, and what itself looks encoded.
    package static func encode(_ text: String) -> String {
        let isPlain =
            text.utf8.allSatisfy { (0x20...0x7E).contains($0) } && isSameText(trimmed(text), text) && !isEncoded(text)
        return isPlain ? text : opening + Base64.encode(Array(text.utf8)) + closing
    }

    /// The text that a header stands for, or `nil` if it claims to be encoded and is not.
    ///
    /// What lacks either mark is taken literally. Between them only strict Base64 of UTF-8 counts.
    static func decode(_ value: String) -> String? {
        guard isEncoded(value) else { return value }
        let inner = Substring(value.utf8.dropFirst(opening.utf8.count).dropLast(closing.utf8.count))
        guard let bytes = Base64.decode(String(inner)) else { return nil }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func isEncoded(_ value: String) -> Bool {
        value.utf8.count >= opening.utf8.count + closing.utf8.count
            && value.utf8.starts(with: opening.utf8) && value.utf8.suffix(2).elementsEqual(closing.utf8)
    }
}
