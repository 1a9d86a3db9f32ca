/// A query that asks for a task by its number.
package struct NumberMatch: Sendable, Hashable {
    /// The number.
    package let number: Int64
    /// Whether the query says that it is a task number (`#1042`, `TKT-1`, `task 4711`), rather than digits that could
    /// be something else.
    package let isExplicit: Bool

    /// Reads `1042`, `#1042`, `TKT-0001`, `tkt 1`, `T-4711`, `task 4711`; `nil` for everything else.
    ///
    /// - Parameters:
    ///   - text: The query.
    ///   - prefix: The workspace's prefix of task numbers, such as `TKT` or `TKT-`; empty if it has none.
    package init?(_ text: String, prefix: String = "") {
        guard text.utf8.count <= Self.maxBytes else { return nil }
        let folded = Folding.fold(text).unicodeScalars
        guard let start = folded.firstIndex(where: \.isASCIIDigit) else { return nil }
        let end = folded[start...].firstIndex { !$0.isASCIIDigit } ?? folded.endIndex
        guard folded[end...].allSatisfy(Self.mayFollow), folded[..<start].allSatisfy(Self.mayPrecede) else {
            return nil
        }
        let words = folded[..<start].split { !$0.isWordPart }.map { String($0) }
        let prefixWords = Folding.words(prefix)
        let isNamed = !words.isEmpty && (words == prefixWords || words.allSatisfy(Self.nouns.contains))
        guard words.isEmpty || isNamed else { return nil }
        // Leading zeros are padding; more digits than this could not be a number that was ever given out.
        let digits = folded[start..<end].drop { $0 == "0" }
        guard digits.count <= 15, let number = Int64(String(digits)), number > 0 else { return nil }
        self.number = number
        isExplicit = isNamed || folded[..<start].contains("#")
        // Zeros in front are padding behind a prefix; by themselves they begin a phone number.
        if !isExplicit, folded[start] == "0" { return nil }
    }

    private static let maxBytes = 128
    private static let nouns: Set = [
        "t", "task", "tasks", "ticket", "job", "case", "issue", "no", "nr", "number", "id",
    ]

    private static func mayPrecede(_ scalar: Unicode.Scalar) -> Bool {
        scalar.isWordPart || scalar == " " || scalar == "#" || scalar == "-" || scalar == ":" || scalar == "."
            || scalar == "_" || scalar == "/" || scalar == "№"
    }

    private static func mayFollow(_ scalar: Unicode.Scalar) -> Bool {
        scalar == " " || scalar == "." || scalar == "?" || scalar == "!"
    }
}
