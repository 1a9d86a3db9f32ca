/// Which given names stand for one another: a name and its short forms, and two short forms of one name.
package struct Nicknames: Sendable {
    /// The built-in table.
    package static let shared = Nicknames(NicknameTable.entries)

    private var shortForms: [[UInt8]: [[UInt8]]] = [:]
    private var fullForms: [[UInt8]: [[UInt8]]] = [:]

    init(_ entries: String) {
        for entry in entries.utf8.split(whereSeparator: { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\n") }) {
            let parts = entry.split(separator: UInt8(ascii: ":"))
            guard parts.count == 2 else { continue }
            let name = Array(parts[0])
            for part in parts[1].split(separator: UInt8(ascii: ".")) {
                shortForms[name, default: []].append(Array(part))
                fullForms[Array(part), default: []].append(name)
            }
        }
    }

    /// A name that may stand for another, and how surely.
    package struct Form: Sendable, Hashable {
        package let name: [UInt8]
        /// From 0 to 1.
        package let similarity: Float
    }

    /// Gives the names that somebody called `name` may have on paper, the surest first.
    ///
    /// A short form of another short form's name is less sure than the name itself.
    package func forms(of name: [UInt8]) -> [Form] {
        var found: [Form] = []
        var known: Set<[UInt8]> = [name]
        func add(_ other: [UInt8], _ similarity: Float) {
            if known.insert(other).inserted { found.append(Form(name: other, similarity: similarity)) }
        }
        let full = fullForms[name] ?? []
        let short = shortForms[name] ?? []
        for other in full + short { add(other, 0.9) }
        for other in full { for sibling in shortForms[other] ?? [] { add(sibling, 0.85) } }
        for other in short { for sibling in fullForms[other] ?? [] { add(sibling, 0.82) } }
        return found
    }
}
