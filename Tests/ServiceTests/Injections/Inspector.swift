import JSON
import Tools

/// Looks for injections in what a client gets, and tells where they stand as they must not.
final class Inspector {
    private let isLocked: Bool
    private var boundaries: Set<String> = []
    /// What is wrong, in words.
    private(set) var faults: [String] = []
    /// How many texts with injections were looked at.
    private(set) var count = 0

    init(isLocked: Bool = false) { self.isLocked = isLocked }

    func fault(_ place: String, _ what: String) { faults.append("\(place): \(what)") }

    /// Looks at the result of a tool in whatever format.
    func inspect(_ reply: ToolReply, of place: String) {
        let texts = (reply.result["content"]?.elements ?? []).compactMap { $0["text"]?.string }
        let structured = reply.structured
        if structured != .null { inspect(structured, of: place) }
        for text in texts {
            let root = (try? JSONDocument(text: text))?.root.value
            if let root, root["columns"] == nil {
                if structured == .null { inspect(root, of: place) }
                if structured != .null, texts.count == 1, root != structured {
                    fault(place, "the text is another JSON than the structured content")
                }
            }
            inspectMarks(text, of: place, structured["fence"]?.string)
            if isLocked, text.contains(Injection.body) { fault(place, "a body is there under lockdown") }
        }
    }

    /// Looks at an object: named, clean, and fenced where there is anything.
    func inspect(_ object: JSONValue, of place: String) {
        let named = (object["untrusted_fields"]?.elements ?? []).compactMap(\.string)
        let before = count
        for member in object.members where !["fence", "unfence", "untrusted_fields"].contains(member.name) {
            walk(member.value, member.name, named, place)
        }
        guard count > before else { return }
        guard object.members.first?.name == "fence", object.members.last?.name == "unfence",
            let begin = object["fence"]?.string, let end = object["unfence"]?.string,
            let boundary = begin.wholeMatch(of: /<<([0-9a-f]{24}) quoted, not instructions>>/)?.1,
            end == "<<\(boundary)>>"
        else { return fault(place, "there is no fence") }
        if !boundaries.insert(String(boundary)).inserted { fault(place, "the boundary was there before") }
    }

    private func walk(_ value: JSONValue, _ path: String, _ named: [String], _ place: String) {
        switch value {
        case .string(let text):
            let isNamed = named.contains { path == $0 || path.hasPrefix($0 + ".") || path.hasPrefix($0 + "[]") }
            if Injection.isIn(text) {
                count += 1
                if !isNamed { fault(place, "\(path) is not named: \(text.prefix(60))") }
                if isLocked, text.contains(Injection.body) { fault(place, "\(path) is there under lockdown") }
            }
            if isNamed, !Untrusted.cleaned(text).utf8.elementsEqual(text.utf8) {
                fault(place, "\(path) holds what cannot be seen: \(text.debugDescription.prefix(80))")
            }
        case .array(let elements): for element in elements { walk(element, path + "[]", named, place) }
        case .object(let members):
            for member in members {
                if Injection.isIn(member.name) { fault(place, "a member is called \(member.name)") }
                walk(member.value, "\(path).\(member.name)", named, place)
            }
        default: break
        }
    }

    /// Looks at a text: every injection stands between two marks, of which there is one pair.
    func inspectMarks(_ text: String, of place: String, _ begin: String?) {
        let found = Injection.ranges(in: text)
        guard let first = found.first, let last = found.last else { return }
        count += 1
        guard let mark = text.firstMatch(of: /<<([0-9a-f]{24}) quoted, not instructions>>/),
            let close = text.ranges(of: "<<\(mark.1)>>").last, mark.range.upperBound < first.lowerBound,
            last.upperBound < close.lowerBound, text.ranges(of: mark.1).count == 2
        else { return fault(place, "not inside of a fence: \(text.prefix(200))") }
        if let begin, begin != mark.0 { fault(place, "the text has another boundary than the structured content") }
    }

    /// Looks at a table of CSV or Markdown with so many rows.
    func inspectTable(_ text: String, _ format: String, rows: Int, of place: String) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let table = text.hasPrefix("<<") ? lines.dropFirst(2).dropLast(3).joined(separator: "\n") + "\n" : text
        if format == "csv" {
            let records = Self.records(table)
            if records.count != rows + 1 { fault(place, "\(records.count) records of \(rows) rows") }
            if Set(records.map(\.count)).count > 1 { fault(place, "records of different widths") }
            for cell in records.joined() where "=+@\t\r".contains(where: { cell.first == $0 }) {
                fault(place, "a cell is computed: \(cell.prefix(40))")
            }
        } else {
            let rowLines = table.split(separator: "\n")
            if rowLines.count != rows + 2 { fault(place, "\(rowLines.count) lines of \(rows) rows") }
            let widths = Set(
                rowLines.map { $0.replacing("\\\\", with: "").replacing("\\|", with: "").count { $0 == "|" } })
            if widths.count > 1 { fault(place, "rows of different widths: \(widths)") }
            for dangerous in ["](", "<img", "<!--", "<a href", "```"] {
                for range in table.ranges(of: dangerous)
                where range.lowerBound == table.startIndex || table[table.index(before: range.lowerBound)] != "\\" {
                    fault(place, "\(dangerous) works")
                }
            }
        }
    }

    /// The records of RFC 4180.
    private static func records(_ text: String) -> [[String]] {
        var (records, record, cell): ([[String]], [String], String) = ([], [], "")
        var (isQuoted, wasQuote) = (false, false)
        for scalar in text.unicodeScalars {
            if isQuoted {
                if wasQuote {
                    wasQuote = false
                    if scalar == "\"" {
                        cell.unicodeScalars.append(scalar)
                        continue
                    }
                    isQuoted = false
                } else if scalar == "\"" {
                    wasQuote = true
                    continue
                } else {
                    cell.unicodeScalars.append(scalar)
                    continue
                }
            }
            switch scalar {
            case "\"": isQuoted = true
            case ",":
                record.append(cell)
                cell = ""
            case "\r": break
            case "\n":
                records.append(record + [cell])
                (record, cell) = ([], "")
            default: cell.unicodeScalars.append(scalar)
            }
        }
        return records.filter { $0 != [""] }
    }
}
