import Identity
import JSON

/// One pass over a call's arguments; collects values and mistakes.
struct ArgumentReading {
    private(set) var problems: [ToolError.Problem] = []

    mutating func object(_ node: JSONNode?, _ parameters: [Parameter], path: String) -> [String: Arguments.Value] {
        var values: [String: Arguments.Value] = [:]
        for (name, value) in node?.members ?? [] {
            guard let parameter = parameters.first(where: { $0.name == name }) else {
                refuseUnknown(name, among: parameters, path: path)
                continue
            }
            // An explicit null means the same as leaving the argument out.
            if value.isNull { continue }
            values[name] = self.value(value, parameter, path: path + name)
        }
        for parameter in parameters where parameter.isRequired && node?[parameter.name].map(\.isNull) != false {
            refuse(path + parameter.name, "is missing: \(accepted(parameter.kind)) is needed")
        }
        return values
    }

    private mutating func value(_ node: JSONNode, _ parameter: Parameter, path: String) -> Arguments.Value? {
        switch parameter.kind {
        case .text(let maximum): text(node, maximum, path)
        case .choice(let words): choice(node, words, path).map(Arguments.Value.text)
        case .integer(let range): integer(node, range, path)
        case .choices(let words), .names(let words): choices(node, words, path)
        case .moment: moment(node, path)
        case .identifier(let prefix): identifier(node, prefix, path)
        case .taskNumber: taskNumber(node, path)
        case .anything: node.kind == .object ? .json(node) : refused(node, path, .anything)
        case .object(let parts), .record(let parts):
            if node.kind == .object {
                .object(object(node, parts, path: path + "."))
            } else {
                refused(node, path, parameter.kind)
            }
        case .boolean: node.bool.map(Arguments.Value.boolean) ?? refused(node, path, .boolean)
        case .decimal(let places, let isSigned): decimal(node, places, isSigned, path)
        case .day: day(node, path)
        case .money: money(node, path)
        case .texts(let maximum, let count): texts(node, maximum, count, path)
        case .key(let prefix, let isNumbered): key(node, prefix, isNumbered, path)
        case .member: member(node, path).map(Arguments.Value.member)
        case .integers(let range, let count): integers(node, range, count, path)
        case .members(let count): members(node, count, path)
        case .identifiers(let prefix, let count): identifiers(node, prefix, count, path)
        case .objects(let parts, let count): objects(node, parts, count, path)
        case .currency: currency(node, path)
        }
    }

    mutating func text(_ node: JSONNode, _ maximum: Int, _ path: String) -> Arguments.Value? {
        guard let text = node.string else { return refused(node, path, .text(maximum: maximum)) }
        if text.unicodeScalars.contains("\0") {
            return refuse(path, "holds the character U+0000, which cannot be stored")
        }
        if text.allSatisfy(\.isWhitespace) { return refuse(path, "is empty; leave it out or give some text") }
        let count = text.unicodeScalars.count
        if count > maximum { return refuse(path, "has \(count) characters; at most \(maximum) are accepted") }
        return .text(text)
    }

    private mutating func choice(_ node: JSONNode, _ words: [String], _ path: String) -> String? {
        guard let word = node.string else { return refused(node, path, .choice(words)) }
        if words.contains(word) { return word }
        guard !isFull else { return nil }
        let near = Nearness.nearest(to: word, among: words).map { " Did you mean `\($0)`?" } ?? ""
        return refuse(path, "is `\(shown(word))`; it can be \(listed(words))", then: near)
    }

    mutating func integer(_ node: JSONNode, _ range: ClosedRange<Int64>, _ path: String) -> Arguments.Value? {
        guard let number = node.integer else { return refused(node, path, .integer(range)) }
        guard range.contains(number) else {
            return refuse(path, "is \(number); it can be \(range.lowerBound) to \(range.upperBound)")
        }
        return .integer(number)
    }

    private mutating func choices(_ node: JSONNode, _ words: [String], _ path: String) -> Arguments.Value? {
        guard let elements = node.elements else { return refused(node, path, .choices(words)) }
        var chosen: [String] = []
        for (index, element) in elements.enumerated() {
            guard let word = choice(element, words, "\(path)[\(index)]"), !chosen.contains(word) else { continue }
            chosen.append(word)
        }
        return .words(chosen)
    }

    private mutating func moment(_ node: JSONNode, _ path: String) -> Arguments.Value? {
        guard let text = node.string else { return refused(node, path, .moment) }
        guard let moment = Moment.microseconds(from: text) else {
            return refuse(path, "is `\(shown(text))`; it can be \(accepted(.moment))")
        }
        return .moment(moment)
    }

    private mutating func identifier(_ node: JSONNode, _ prefix: String, _ path: String) -> Arguments.Value? {
        guard let text = node.string else { return refused(node, path, .identifier(prefix: prefix)) }
        guard let row = RowID(text, prefix: prefix) else {
            return refuse(path, "is `\(shown(text))`; it can be \(accepted(.identifier(prefix: prefix)))")
        }
        return .row(row)
    }

    private mutating func taskNumber(_ node: JSONNode, _ path: String) -> Arguments.Value? {
        var number = node.integer
        if number == nil, let text = node.string {
            let digits = text.drop { $0 == "#" || $0 == " " }
            if !digits.isEmpty, digits.utf8.allSatisfy({ (48...57).contains($0) }) { number = Int64(digits) }
        }
        guard let number else { return refused(node, path, .taskNumber) }
        guard (1...Parameter.largestInteger).contains(number) else {
            return refuse(path, "is \(number); it can be a task number from 1 on")
        }
        return .integer(number)
    }

    // MARK: Refusals

    /// Whether no further problem is told. What to say of one is worth no time then: a body can hold a hundred thousand.
    var isFull: Bool { problems.count >= 20 }

    private mutating func refuseUnknown(_ name: String, among parameters: [Parameter], path: String) {
        guard !isFull else { return }
        let names = parameters.map(\.name)
        let near = Nearness.nearest(to: name, among: names).map { " Did you mean `\($0)`?" } ?? ""
        let known = names.isEmpty ? "it takes no arguments" : "known are \(listed(names, last: "and"))"
        refuse(path + shown(name), "is not an argument here; \(known)", then: near)
    }

    mutating func refused<Value>(_ node: JSONNode, _ path: String, _ kind: Parameter.Kind) -> Value? {
        refuse(path, "is \(article(node.kind)); it can be \(accepted(kind))")
    }

    @discardableResult
    mutating func refuse<Value>(_ path: String, _ what: String, then: String = "") -> Value? {
        if !isFull { problems.append(.init(path, "`\(path)` \(what).\(then)")) }
        return nil
    }

    private mutating func refuse(_ path: String, _ what: String, then: String = "") {
        let _: Int? = refuse(path, what, then: then)
    }

    func article(_ kind: JSONNode.Kind) -> String {
        switch kind {
        case .null: "null"
        case .bool: "a boolean"
        case .number: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }

    func accepted(_ kind: Parameter.Kind) -> String {
        switch kind {
        case .text(let maximum): "a string of at most \(maximum) characters"
        case .choice(let words): listed(words)
        case .integer(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
        case .choices(let words), .names(let words): "an array of \(listed(words))"
        case .moment: "a date such as 2026-11-20 or a date-time such as 2026-11-20T09:30:00Z"
        case .identifier(let prefix): "an identifier as results give it: \(prefix)_ and 32 hexadecimal digits"
        case .taskNumber: "a task number such as 1042"
        case .object(let parts), .record(let parts): "an object with \(listed(parts.map(\.name)))"
        case .anything: "an object"
        case .boolean: "true or false"
        case .decimal(let places, let isSigned):
            "a number \(isSigned ? "" : "from 0 on ")with at most \(places) digits behind the point"
        case .day: "a date such as 2026-11-20"
        case .money: "an object such as {\"amount\": 129900, \"currency\": \"EUR\"}, in whole minor units"
        case .texts(let maximum, let count): "an array of at most \(count) strings of at most \(maximum) characters"
        case .key(let prefix, let isNumbered):
            accepted(.identifier(prefix: prefix)) + (isNumbered ? ", or the number that people know it by" : "")
        case .member: "a member: an identifier (usr_…), an e-mail address, or `me`"
        case .integers(let range, let count):
            "an array of at most \(count) whole numbers from \(range.lowerBound) to \(range.upperBound)"
        case .members(let count): "an array of at most \(count) members: identifiers, e-mail addresses, or `me`"
        case .identifiers(let prefix, let count): "an array of at most \(count) identifiers such as \(prefix)_…"
        case .objects(let parts, let count): "an array of 1 to \(count) objects with \(listed(parts.map(\.name)))"
        case .currency: "a code of three capitals such as EUR"
        }
    }

    private func listed(_ words: [String], last: String = "or") -> String {
        let quoted = words.map { "`\($0)`" }
        guard quoted.count > 1 else { return quoted.first ?? "nothing" }
        return quoted.dropLast().joined(separator: ", ") + " \(last) " + quoted[quoted.count - 1]
    }

    /// At most 40 characters of what a caller sent, which may be what somebody else wrote: on one line, and all of it seen.
    func shown(_ text: String) -> String {
        let visible = Untrusted.line(String(text.prefix(400))).unicodeScalars.filter { $0 != "`" }
        let cut = String(String.UnicodeScalarView(visible.prefix(40)))
        return visible.count > 40 ? cut + "…" : cut
    }
}
