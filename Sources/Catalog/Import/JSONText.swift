import JSON

/// JSON written by hand, for rows that are built by the hundred thousand.
enum JSONText {
    static func quoted(_ text: String) -> String {
        var writer = JSONWriter()
        writer.write(string: text)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    /// An object of values that are JSON texts, in the order of their names.
    static func object(_ values: [String: String]) -> String {
        let members = values.sorted { $0.key < $1.key }.map { quoted($0.key) + ":" + $0.value }
        return "{" + members.joined(separator: ",") + "}"
    }
}
