import Identity
import JSON

// The kinds of values that entities have, read and checked.
extension ArgumentReading {
    mutating func decimal(_ node: JSONNode, _ places: Int, _ isSigned: Bool, _ path: String) -> Arguments.Value? {
        let kind = Parameter.Kind.decimal(places: places, isSigned: isSigned)
        guard node.kind == .number, let digits = Decimal.digits(of: node.raw.text, places: places) else {
            return refused(node, path, kind)
        }
        if digits.hasPrefix("-"), !isSigned { return refuse(path, "is \(digits); it can be \(accepted(kind))") }
        return .decimal(digits)
    }

    mutating func day(_ node: JSONNode, _ path: String) -> Arguments.Value? {
        guard let text = node.string else { return refused(node, path, .day) }
        guard text.utf8.count == 10, Moment.microseconds(from: text) != nil else {
            return refuse(path, "is `\(shown(text))`; it can be \(accepted(.day)) that exists")
        }
        return .day(text)
    }

    mutating func money(_ node: JSONNode, _ path: String) -> Arguments.Value? {
        guard node.kind == .object else { return refused(node, path, .money) }
        let parts = [
            Parameter("amount", .integer(Money.amounts), "", isRequired: true),
            Parameter("currency", .currency, "", isRequired: true),
        ]
        let values = object(node, parts, path: path + ".")
        guard case .integer(let amount) = values["amount"], case .text(let currency) = values["currency"] else {
            return nil
        }
        return .money(Money(amount: amount, currency: currency))
    }

    mutating func currency(_ node: JSONNode, _ path: String) -> Arguments.Value? {
        guard let code = node.string else { return refused(node, path, .currency) }
        guard code.utf8.count == 3, code.utf8.allSatisfy({ (65...90).contains($0) }) else {
            return refuse(path, "is `\(shown(code))`; it can be \(accepted(.currency))")
        }
        return .text(code)
    }

    mutating func objects(_ node: JSONNode, _ parts: [Parameter], _ count: Int, _ path: String) -> Arguments.Value? {
        let kind = Parameter.Kind.objects(parts, count: count)
        guard let elements = node.elements else { return refused(node, path, kind) }
        guard !elements.isEmpty, elements.count <= count else {
            return refuse(path, "has \(elements.count) elements; 1 to \(count) are accepted")
        }
        var objects: [[String: Arguments.Value]] = []
        for (index, element) in elements.enumerated() {
            let place = "\(path)[\(index)]"
            guard element.kind == .object else {
                let _: Int? = refused(element, place, .object(parts))
                continue
            }
            objects.append(object(element, parts, path: place + "."))
        }
        return .objects(objects)
    }

    mutating func texts(_ node: JSONNode, _ maximum: Int, _ count: Int, _ path: String) -> Arguments.Value? {
        guard let elements = node.elements else { return refused(node, path, .texts(maximum: maximum, count: count)) }
        if elements.count > count {
            return refuse(path, "has \(elements.count) elements; at most \(count) are accepted")
        }
        var texts: [String] = []
        for (index, element) in elements.enumerated() {
            guard case .text(let text) = text(element, maximum, "\(path)[\(index)]"), !texts.contains(text) else {
                continue
            }
            texts.append(text)
        }
        return .words(texts)
    }

    mutating func integers(_ node: JSONNode, _ range: ClosedRange<Int64>, _ count: Int, _ path: String)
        -> Arguments.Value?
    {
        guard let elements = node.elements else { return refused(node, path, .integers(range, count: count)) }
        if elements.count > count {
            return refuse(path, "has \(elements.count) elements; at most \(count) are accepted")
        }
        var numbers: [Int64] = []
        for (index, element) in elements.enumerated() {
            guard case .integer(let number) = integer(element, range, "\(path)[\(index)]") else { continue }
            numbers.append(number)
        }
        return .integers(numbers)
    }

    mutating func key(_ node: JSONNode, _ prefix: String, _ isNumbered: Bool, _ path: String) -> Arguments.Value? {
        let kind = Parameter.Kind.key(prefix: prefix, isNumbered: isNumbered)
        if isNumbered, let number = node.integer, number > 0 { return .key(.number(String(number))) }
        guard let text = node.string else { return refused(node, path, kind) }
        if let row = RowID(text, prefix: prefix) { return .key(.row(row)) }
        let number = text.drop { $0 == "#" || $0 == " " }
        guard isNumbered, !number.isEmpty, number.utf8.count <= 40, number.contains(where: \.isNumber) else {
            return refuse(path, "is `\(shown(text))`; it can be \(accepted(kind))")
        }
        return .key(.number(String(number)))
    }

    mutating func member(_ node: JSONNode, _ path: String) -> MemberName? {
        guard let text = node.string else { return refused(node, path, .member) }
        if text == "me" { return .caller }
        if let row = RowID(text, prefix: "usr") { return .row(row) }
        guard text.utf8.count <= 320, text.contains("@") else {
            return refuse(path, "is `\(shown(text))`; it can be \(accepted(.member))")
        }
        return .email(text)
    }

    mutating func members(_ node: JSONNode, _ count: Int, _ path: String) -> Arguments.Value? {
        guard let elements = node.elements else { return refused(node, path, .members(count: count)) }
        if elements.count > count {
            return refuse(path, "has \(elements.count) elements; at most \(count) are accepted")
        }
        var names: [MemberName] = []
        for (index, element) in elements.enumerated() {
            guard let name = member(element, "\(path)[\(index)]"), !names.contains(name) else { continue }
            names.append(name)
        }
        return .members(names)
    }

    mutating func identifiers(_ node: JSONNode, _ prefix: String, _ count: Int, _ path: String) -> Arguments.Value? {
        guard let elements = node.elements else {
            return refused(node, path, .identifiers(prefix: prefix, count: count))
        }
        if elements.count > count {
            return refuse(path, "has \(elements.count) elements; at most \(count) are accepted")
        }
        var rows: [RowID] = []
        for (index, element) in elements.enumerated() {
            let place = "\(path)[\(index)]"
            guard let row = element.string.flatMap({ RowID($0, prefix: prefix) }) else {
                let _: Int? = refuse(place, "is no identifier; it can be \(accepted(.identifier(prefix: prefix)))")
                continue
            }
            if !rows.contains(row) { rows.append(row) }
        }
        return .rows(rows)
    }
}
