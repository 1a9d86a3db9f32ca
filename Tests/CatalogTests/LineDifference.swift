/// What differs between a file and what it should hold, line by line.
struct LineDifference: CustomStringConvertible {
    private static let shown = 30

    private let changes: [(line: Int, text: String)]

    /// - Parameters:
    ///   - old: What is written down.
    ///   - new: What there is.
    init(from old: String, to new: String) {
        let (before, after) = (old.split(separator: "\n"), new.split(separator: "\n"))
        changes = after.difference(from: before).map { change in
            switch change {
            case .remove(let offset, let line, _): (offset + 1, "- \(line)")
            case .insert(let offset, let line, _): (offset + 1, "+ \(line)")
            }
        }
    }

    var isEmpty: Bool { changes.isEmpty }

    var description: String {
        let lines = changes.sorted { $0.line < $1.line }.prefix(Self.shown).map { "\($0.line): \($0.text)" }
        let rest = changes.count > Self.shown ? ["… and \(changes.count - Self.shown) lines more"] : []
        return (lines + rest).joined(separator: "\n")
    }
}
