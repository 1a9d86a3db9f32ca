/// Reads the syntax of ECMA-262 regular expressions.
struct PatternParser {
    private static let maxDepth = 50
    private let scalars: [Unicode.Scalar]
    private var index = 0
    private var depth = 0

    init(_ text: String) { scalars = Array(text.unicodeScalars) }

    mutating func parse() -> LinearPattern.Node? {
        guard let node = parseChoice(), index == scalars.count else { return nil }
        return node
    }

    private var next: Unicode.Scalar? { index < scalars.count ? scalars[index] : nil }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard next == scalar else { return false }
        index += 1
        return true
    }

    private mutating func parseChoice() -> LinearPattern.Node? {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.maxDepth else { return nil }
        var choices: [LinearPattern.Node] = []
        repeat {
            var sequence: [LinearPattern.Node] = []
            while let scalar = next, scalar != "|", scalar != ")" {
                guard let node = parseTerm() else { return nil }
                sequence.append(node)
            }
            choices.append(.sequence(sequence))
        } while take("|")
        return choices.count == 1 ? choices[0] : .choice(choices)
    }

    private mutating func parseTerm() -> LinearPattern.Node? {
        guard let atom = parseAtom() else { return nil }
        let bounds: (least: Int, most: Int?)
        switch next {
        case "*": bounds = (0, nil)
        case "+": bounds = (1, nil)
        case "?": bounds = (0, 1)
        case "{":
            guard let counted = parseBounds() else { return nil }
            _ = take("?")
            return .repeated(atom, least: counted.least, most: counted.most)
        default: return atom
        }
        index += 1
        // A lazy match is found where a greedy one is.
        _ = take("?")
        return .repeated(atom, least: bounds.least, most: bounds.most)
    }

    private mutating func parseBounds() -> (least: Int, most: Int?)? {
        index += 1
        guard let least = parseNumber() else { return nil }
        guard take(",") else { return take("}") ? (least, least) : nil }
        if take("}") { return (least, nil) }
        guard let most = parseNumber(), take("}"), most >= least else { return nil }
        return (least, most)
    }

    private mutating func parseNumber() -> Int? {
        var digits = ""
        while let scalar = next, ("0"..."9").contains(scalar) {
            digits.unicodeScalars.append(scalar)
            index += 1
        }
        return Int(digits)
    }

    private mutating func parseAtom() -> LinearPattern.Node? {
        guard let scalar = next else { return nil }
        index += 1
        switch scalar {
        case "^": return .start
        case "$": return .end
        case ".": return .scalars(.any)
        case "[": return parseClass().map { .scalars($0) }
        case "(": return parseGroup()
        case "*", "+", "?", "{", "}", "]", ")": return nil
        case "\\":
            if take("b") { return .wordEdge(isEdge: true) }
            if take("B") { return .wordEdge(isEdge: false) }
            return parseEscape().map { .scalars(ScalarSet(items: $0)) }
        default: return .scalars(ScalarSet(items: [ScalarSet.one(scalar)]))
        }
    }

    private mutating func parseGroup() -> LinearPattern.Node? {
        if take("?") {
            if take("<") {
                // A name; after `=` or `!` it would be looking behind.
                guard let scalar = next, scalar != "=", scalar != "!" else { return nil }
                while let scalar = next, scalar != ">" { index += scalar == ")" ? scalars.count : 1 }
                guard take(">") else { return nil }
            } else if !take(":") {
                return nil
            }
        }
        guard let node = parseChoice(), take(")") else { return nil }
        return node
    }

    private mutating func parseClass() -> ScalarSet? {
        let isNegated = take("^")
        var items: [ScalarSet.Item] = []
        while let scalar = next, scalar != "]" {
            guard let first = parseClassAtom() else { return nil }
            if next == "-", index + 1 < scalars.count, scalars[index + 1] != "]",
                case .range(let low, let same)? = first.first, first.count == 1, low == same
            {
                index += 1
                guard let last = parseClassAtom(), case .range(let high, _)? = last.first, last.count == 1, high >= low
                else { return nil }
                items.append(.range(low, high))
            } else {
                items += first
            }
        }
        return take("]") ? ScalarSet(items: items, isNegated: isNegated) : nil
    }

    private mutating func parseClassAtom() -> [ScalarSet.Item]? {
        guard let scalar = next else { return nil }
        index += 1
        guard scalar == "\\" else { return [ScalarSet.one(scalar)] }
        if take("b") { return [.range(8, 8)] }
        if take("-") { return [.range(0x2D, 0x2D)] }
        return parseEscape()
    }

    private mutating func parseEscape() -> [ScalarSet.Item]? {
        guard let scalar = next else { return nil }
        index += 1
        switch scalar {
        case "d": return ScalarSet.digits
        case "D": return [.complement(ScalarSet.digits)]
        case "w": return ScalarSet.words
        case "W": return [.complement(ScalarSet.words)]
        case "s": return ScalarSet.blanks
        case "S": return [.complement(ScalarSet.blanks)]
        case "t": return [.range(9, 9)]
        case "n": return [.range(10, 10)]
        case "v": return [.range(11, 11)]
        case "f": return [.range(12, 12)]
        case "r": return [.range(13, 13)]
        case "0": return ("0"..."9").contains(next ?? "x") ? nil : [.range(0, 0)]
        case "c":
            guard let letter = next, letter.properties.isASCIIHexDigit || letter.isASCII, letter.properties.isAlphabetic
            else { return nil }
            index += 1
            return [.range(letter.value % 32, letter.value % 32)]
        case "x": return parseHex(2).map { [.range($0, $0)] }
        case "u": return parseUnicode().map { [.range($0, $0)] }
        case "p", "P": return parseProperty(isNegated: scalar == "P")
        default:
            // Letters and digits that mean nothing may mean something one day, or a group before.
            return scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) ? nil : [ScalarSet.one(scalar)]
        }
    }

    private mutating func parseHex(_ count: Int) -> UInt32? {
        guard index + count <= scalars.count else { return nil }
        let digits = String(String.UnicodeScalarView(scalars[index..<index + count]))
        guard digits.unicodeScalars.allSatisfy(\.properties.isASCIIHexDigit) else { return nil }
        index += count
        return UInt32(digits, radix: 16)
    }

    private mutating func parseUnicode() -> UInt32? {
        if take("{") {
            var digits = ""
            while let scalar = next, scalar.properties.isASCIIHexDigit, digits.utf8.count < 6 {
                digits.unicodeScalars.append(scalar)
                index += 1
            }
            return take("}") ? UInt32(digits, radix: 16) : nil
        }
        guard let unit = parseHex(4) else { return nil }
        guard (0xD800...0xDBFF).contains(unit) else { return unit }
        guard take("\\"), take("u"), let low = parseHex(4), (0xDC00...0xDFFF).contains(low) else { return nil }
        return 0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00)
    }

    private mutating func parseProperty(isNegated: Bool) -> [ScalarSet.Item]? {
        guard take("{") else { return nil }
        var name = ""
        while let scalar = next, scalar != "}" {
            name.unicodeScalars.append(scalar)
            index += 1
        }
        guard take("}"), let categories = Self.categories[name] else { return nil }
        let item = ScalarSet.Item.category(categories)
        return [isNegated ? .complement([item]) : item]
    }

    private static let categories: [String: [Unicode.GeneralCategory]] = {
        let letters: [Unicode.GeneralCategory] = [
            .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
        ]
        let numbers: [Unicode.GeneralCategory] = [.decimalNumber, .letterNumber, .otherNumber]
        let marks: [Unicode.GeneralCategory] = [.nonspacingMark, .spacingMark, .enclosingMark]
        let punctuation: [Unicode.GeneralCategory] = [
            .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation,
            .finalPunctuation, .otherPunctuation,
        ]
        let symbols: [Unicode.GeneralCategory] = [.mathSymbol, .currencySymbol, .modifierSymbol, .otherSymbol]
        return [
            "L": letters, "Letter": letters, "Lu": [.uppercaseLetter], "Ll": [.lowercaseLetter],
            "Lt": [.titlecaseLetter], "Lm": [.modifierLetter], "Lo": [.otherLetter], "N": numbers, "Number": numbers,
            "Nd": [.decimalNumber], "digit": [.decimalNumber], "M": marks, "Mark": marks, "P": punctuation,
            "Punctuation": punctuation, "S": symbols, "Symbol": symbols, "Sc": [.currencySymbol],
            "Z": [.spaceSeparator, .lineSeparator, .paragraphSeparator], "Zs": [.spaceSeparator],
        ]
    }()
}
