import Matching
import Tools

/// Reads the fields of one row and keeps what is wrong with them.
struct ImportFields {
    private let row: ImportRow
    private(set) var problems: [String] = []

    init(_ row: ImportRow) { self.row = row }

    /// Whether the row says something about a column, be it that it is empty.
    func isGiven(_ name: String) -> Bool { row.values[name] != nil }

    mutating func add(_ problem: String) { problems.append(problem) }

    // MARK: Texts

    mutating func text(_ name: String, maximum: Int, isNeeded: Bool = false) -> String? {
        guard case .text(let text) = row.values[name] else {
            if isNeeded { add("`\(name)` is missing.") }
            return nil
        }
        if text.unicodeScalars.contains("\0") {
            add("`\(name)` holds a zero byte.")
            return nil
        }
        let count = text.unicodeScalars.count
        guard count <= maximum else {
            add("`\(name)` has \(count) characters; at most \(maximum) are allowed.")
            return nil
        }
        return text
    }

    /// A key of another system: short and without control characters.
    mutating func key(_ name: String, isNeeded: Bool = false) -> String? {
        guard let text = text(name, maximum: 200, isNeeded: isNeeded) else { return nil }
        guard !text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) else {
            add("`\(name)` holds control characters.")
            return nil
        }
        return text
    }

    mutating func choice(_ name: String, _ choices: [String]) -> String? {
        guard let text = text(name, maximum: 100)?.lowercased() else { return nil }
        guard choices.contains(text) else {
            add("`\(name)` is `\(text)`; it can be \(choices.joined(separator: ", ")).")
            return nil
        }
        return text
    }

    mutating func email(_ name: String) -> String? {
        guard let text = text(name, maximum: 320) else { return nil }
        guard EmailAddress(text) != nil, !text.contains("<") else {
            add("`\(name)` is `\(Self.shown(text))`, which is not an e-mail address.")
            return nil
        }
        return text
    }

    mutating func phone(_ name: String) -> String? {
        guard let text = text(name, maximum: 60) else { return nil }
        guard (3...20).contains(PhoneDigits(text).digits.utf8.count) else {
            add("`\(name)` is `\(Self.shown(text))`, which is not a phone number of 3 to 20 digits.")
            return nil
        }
        return text
    }

    mutating func texts(_ name: String, maximum: Int) -> [String] {
        guard case .list(let texts) = row.values[name] else { return [] }
        if texts.contains(where: { $0.unicodeScalars.count > maximum || $0.unicodeScalars.contains("\0") }) {
            add("`\(name)` has an entry of more than \(maximum) characters or with a zero byte.")
        }
        var seen: Set<String> = []
        return texts.filter { seen.insert($0).inserted }
    }

    // MARK: Numbers and times

    mutating func number(_ name: String) -> Int64? {
        guard let text = text(name, maximum: 40) else { return nil }
        guard let number = Int64(text), (1...Self.largestNumber).contains(number) else {
            add("`\(name)` is `\(Self.shown(text))`; it can be a whole number from 1 to \(Self.largestNumber).")
            return nil
        }
        return number
    }

    /// A whole number in a range.
    mutating func integer(_ name: String, _ range: ClosedRange<Int64>, isNeeded: Bool = false) -> Int64? {
        guard let text = text(name, maximum: 40, isNeeded: isNeeded) else { return nil }
        guard let number = Int64(text), range.contains(number) else {
            add(
                "`\(name)` is `\(Self.shown(text))`; it can be a whole number from \(range.lowerBound) to "
                    + "\(range.upperBound).")
            return nil
        }
        return number
    }

    /// A number with digits behind the point, as it was written.
    mutating func decimal(_ name: String, places: Int, _ range: ClosedRange<Double>) -> String? {
        guard let text = text(name, maximum: 40) else { return nil }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        let isWritten =
            parts.count <= 2 && parts.allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy { (48...57).contains($0) } }
        guard isWritten, parts.count == 1 || parts[1].count <= places, let number = Double(text), range.contains(number)
        else {
            add(
                "`\(name)` is `\(Self.shown(text))`; it can be a number with at most \(places) decimals, at most "
                    + "\(Int64(range.upperBound))\(range.lowerBound > 0 ? ", more than 0" : "").")
            return nil
        }
        return text
    }

    mutating func currency(_ name: String) -> String? {
        guard let text = text(name, maximum: 40, isNeeded: true)?.uppercased() else { return nil }
        guard text.utf8.count == 3, text.utf8.allSatisfy({ (65...90).contains($0) }) else {
            add("`\(name)` is `\(Self.shown(text))`; it can be a currency of three letters, such as EUR.")
            return nil
        }
        return text
    }

    /// A date without a time, in microseconds.
    mutating func date(_ name: String) -> Int64? {
        guard let text = text(name, maximum: 100) else { return nil }
        guard text.utf8.count == 10, let moment = Moment.microseconds(from: text) else {
            add("`\(name)` is `\(Self.shown(text))`; it can be a date such as 2026-03-09.")
            return nil
        }
        return moment
    }

    /// A date or a date-time, in microseconds.
    mutating func moment(_ name: String) -> Int64? {
        guard let text = text(name, maximum: 100) else { return nil }
        guard let moment = Moment.microseconds(from: text) else {
            add("`\(name)` is `\(Self.shown(text))`; it can be a date, or a date-time such as 2026-03-09T17:04:05Z.")
            return nil
        }
        return moment
    }

    // MARK: Answers

    /// Answers by key of the question, each a JSON text, from `answers` and the columns `answer.KEY`.
    mutating func answers() -> [String: String]? {
        var answers: [String: String] = [:]
        var isGiven = false
        for (name, value) in row.values {
            switch value {
            case .object(let values) where name == "answers":
                isGiven = true
                answers.merge(values) { first, _ in first }
            case .text(let text) where name.hasPrefix(ImportColumn.answerPrefix):
                isGiven = true
                answers[String(name.dropFirst(ImportColumn.answerPrefix.count))] = JSONText.quoted(text)
            case .none where name == "answers" || name.hasPrefix(ImportColumn.answerPrefix): isGiven = true
            default: break
            }
        }
        return isGiven ? answers : nil
    }

    private static let largestNumber: Int64 = 1_000_000_000_000

    /// A value as a message repeats it.
    static func shown(_ text: String) -> String { text.count <= 60 ? text : text.prefix(60) + "…" }
}
