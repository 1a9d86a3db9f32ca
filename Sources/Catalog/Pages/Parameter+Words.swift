import Tools

extension Parameter.Kind {
    /// What the argument accepts, as pages tell it.
    var words: String {
        switch self {
        case .text(let maximum): "text of at most \(maximum) characters"
        case .choice(let words): Markdown.codes(words)
        case .integer(let range): "whole number, \(range.lowerBound) to \(range.upperBound)"
        case .choices(let words): "list of " + Markdown.codes(words)
        case .moment: "date, or date-time with offset"
        case .identifier(let prefix): "`\(prefix)_…`"
        case .taskNumber: "task number"
        case .object: "object"
        case .record(let parts): "object of " + Markdown.codes(parts.map(\.name))
        case .anything: "object"
        case .boolean: "`true` or `false`"
        case .decimal(let places, let isSigned):
            "number with at most \(places) decimals" + (isSigned ? "" : ", from 0 on")
        case .day: "date"
        case .money: "`amount` in whole minor units and `currency`"
        case .names(let words): "list of " + Markdown.codes(words)
        case .texts(let maximum, let count): "at most \(count) texts of at most \(maximum) characters"
        case .key(let prefix, let isNumbered): "`\(prefix)_…`" + (isNumbered ? " or number" : "")
        case .member: "member: `usr_…`, e-mail address or `me`"
        case .integers(let range, let count):
            "at most \(count) whole numbers, \(range.lowerBound) to \(range.upperBound)"
        case .members(let count): "at most \(count) members, each `usr_…`, e-mail address or `me`"
        case .identifiers(let prefix, let count): "at most \(count) identifiers `\(prefix)_…`"
        case .objects(_, let count): "1 to \(count) objects"
        case .currency: "currency (ISO 4217)"
        }
    }
}
