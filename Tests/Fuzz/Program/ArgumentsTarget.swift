import Identity
import JSON

@testable import Tools

extension FuzzTarget {
    /// The arguments of a tool: a JSON document.
    static let arguments = FuzzTarget("arguments") { bytes in
        guard let node = JSONNode.reading(bytes) else { return }
        do throws(ToolError) {
            let arguments = try Arguments(node, for: parameters)
            if let text = arguments.text("text") {
                require((1...40).contains(text.unicodeScalars.count), "\(text) is too long")
            }
            if let word = arguments.text("choice") { require(words.contains(word), "\(word) is no choice") }
            if let number = arguments.integer("integer") {
                require((-5...500).contains(number), "\(number) is out of range")
            }
            if let number = arguments.integer("task") { require(number > 0, "\(number) is no task") }
            if let chosen = arguments.words("choices") {
                require(
                    chosen.allSatisfy(words.contains) && Set(chosen).count == chosen.count, "\(chosen) are no choices")
            }
            if let moment = arguments.moment("moment") {
                require(
                    Moment.microseconds(from: Moment.text(moment)) == moment / 1000 * 1000 || moment < 0,
                    "\(moment) is lost")
            }
            if let row = arguments.row("row") { require(row.text(prefix: "tsk").utf8.count == 36, "\(row) is no row") }
        } catch {
            require(!error.problems.isEmpty && error.problems.count <= 20, "There are \(error.problems.count) problems")
        }
        if let text = node.string {
            let cleaned = Untrusted.cleaned(text)
            require(Untrusted.cleaned(cleaned).utf8.elementsEqual(cleaned.utf8), "Cleaned again, \(text) changes")
        }
    }

    private static let words = ["open", "done", "in_progress"]

    private static let parameters = [
        Parameter("text", .text(maximum: 40), ""), Parameter("choice", .choice(words), ""),
        Parameter("integer", .integer(-5...500), ""), Parameter("choices", .choices(words), ""),
        Parameter("moment", .moment, ""), Parameter("row", .identifier(prefix: "tsk"), ""),
        Parameter("task", .taskNumber, ""),
        Parameter("object", .object([Parameter("inner", .object([Parameter("text", .text(maximum: 5), "")]), "")]), ""),
    ]
}
