/// Text that somebody outside the workspace wrote: customers, senders of forms and mails, webhooks, clients that give
/// themselves a name.
///
/// It is quoted, and never obeyed. Four things see to that, whatever tool, format, resource or prompt it comes through:
///
/// 1. **It is named.** Entities declare the fields in which such text can stand (``Entity/untrusted``), tools written by
///    hand say the same of what they put into a result (``ToolAnswer/untrusted``), and every result lists the places in
///    `untrusted_fields`. A test puts injections into every column that outsiders can write, calls every tool, and finds
///    them nowhere else. Places are named whatever row stands there: a task's title is mostly a member's, but a form may
///    have written it.
/// 2. **It is cleaned.** What a reader cannot see is removed when it comes in and, since older rows have not been
///    through that, again when it goes out; see ``cleaned(_:)``.
/// 3. **It is fenced.** ``Fence`` draws a new boundary for each response that no text in it can know.
/// 4. **It is nowhere else.** Descriptions, titles, addresses and errors are made of the program's own words and of
///    identifiers. Where a person has to know what a write is about, as in the summary of a preview, a name stands there
///    on one line, cut and in quotation marks; see ``quoted(_:)``.
///
/// The fence and the promise that a result's text is the same JSON as its structured content go together in this way:
/// the boundary belongs to the JSON itself, as its first and its last member (`fence`, `unfence`), in both places. So
/// the text can be compared and read as JSON, values stay as they are stored, and a model is told where quoted text
/// begins and ends whether its host shows it the text or the structured content. Inside, JSON's own quoting holds: a text
/// cannot end its string. The tables of the other formats stand between two lines with the boundary. What remains to be
/// known is that two results of one call differ in their boundary.
package enum Untrusted {
    /// What stands in the place of a text under lockdown.
    package static let withheld = "[withheld under lockdown]"

    /// The name of something on one line, cut and in quotation marks that it cannot close.
    package static func quoted(_ name: String, limit: Int = 80) -> String {
        "“\(String(line(name, limit: limit).map { "“”„‟«»\"".contains($0) ? "'" : $0 }))”"
    }

    /// A text on one line, cut.
    package static func line(_ text: String, limit: Int = 80) -> String {
        var line = ""
        var isBlank = false
        for character in cleaned(text) {
            if character.isWhitespace {
                isBlank = !line.isEmpty
                continue
            }
            if isBlank { line.append(" ") }
            isBlank = false
            line.append(character)
        }
        return line.count > limit ? line.prefix(limit - 1) + "…" : line
    }
}

/// A place in a result where text of outsiders can stand, such as `items[].messages[].body`; everything below it counts.
package struct UntrustedPath: Sendable, Hashable, ExpressibleByStringLiteral {
    /// How much such a text can say.
    package enum Kind: Sendable {
        /// By which rows are told apart: it stays under lockdown.
        case name
        /// What somebody has to say: under lockdown it is left out.
        case body
    }

    package let text: String
    package let kind: Kind

    /// A place of bodies.
    package init(stringLiteral text: String) { self.init(text, .body) }

    package init(_ text: String, _ kind: Kind) {
        self.text = text
        self.kind = kind
    }

    /// A place of names.
    package static func name(_ text: String) -> UntrustedPath { UntrustedPath(text, .name) }

    /// The same place, seen from outside of an object that stands somewhere.
    package func under(_ place: String) -> UntrustedPath { UntrustedPath("\(place).\(text)", kind) }

    /// The first member on the way.
    var root: String { String(text.prefix { $0 != "." && $0 != "[" }) }

    /// The members on the way, with `[]` for all elements of an array.
    var steps: [String] { text.replacing("[]", with: ".[]").split(separator: ".").map(String.init) }
}

extension [UntrustedPath] {
    /// The same places, seen from outside.
    package func under(_ place: String) -> [UntrustedPath] { map { $0.under(place) } }
}
