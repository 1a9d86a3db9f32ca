import Telemetry

/// A regular expression in the syntax of ECMA-262 that is matched in time linear in the text.
///
/// Without what takes more: back references and looking around. A pattern is found anywhere in a text unless it is
/// anchored, and matches Unicode scalars.
struct LinearPattern: Sendable {
    indirect enum Node {
        case empty
        case scalars(ScalarSet)
        case start
        case end
        case wordEdge(isEdge: Bool)
        case sequence([Node])
        case choice([Node])
        case repeated(Node, least: Int, most: Int?)
    }

    private enum Instruction: Sendable {
        case scalars(ScalarSet)
        case split(Int, Int)
        case jump(Int)
        case start
        case end
        case wordEdge(isEdge: Bool)
        case match
    }

    private static let maxInstructions = 4000
    private var program: [Instruction] = []

    /// Reads a pattern; `nil` if it is malformed, needs more than linear time, or is too large.
    init?(_ text: String) {
        var parser = PatternParser(text)
        guard let node = parser.parse(), emit(node) else { return nil }
        program.append(.match)
    }

    /// Whether the pattern is found in a text.
    func matches(_ text: String) -> Bool { matches(text, until: nil) ?? false }

    /// Whether the pattern is found in a text; `nil` if the thread has worked until the deadline before that is known.
    func matches(_ text: String, until deadline: Duration?) -> Bool? {
        let interval = max(1, 65_536 / program.count)
        let scalars = Array(text.unicodeScalars)
        var current = Threads(count: program.count)
        var next = Threads(count: program.count)
        for position in 0...scalars.count {
            // A match may begin anywhere.
            if add(0, at: position, in: scalars, to: &current) { return true }
            guard position < scalars.count else { break }
            if let deadline, position % interval == interval - 1, ThreadTime.now > deadline { return nil }
            next.removeAll()
            for counter in current.list {
                if case .scalars(let set) = program[counter], set.contains(scalars[position]),
                    add(counter + 1, at: position + 1, in: scalars, to: &next)
                {
                    return true
                }
            }
            swap(&current, &next)
        }
        return false
    }

    /// Places that the matching is at, each once.
    private struct Threads {
        var list: [Int] = []
        private var marks: [Bool]

        init(count: Int) { marks = Array(repeating: false, count: count) }

        mutating func insert(_ counter: Int) -> Bool {
            guard !marks[counter] else { return false }
            marks[counter] = true
            list.append(counter)
            return true
        }

        mutating func removeAll() {
            for counter in list { marks[counter] = false }
            list.removeAll(keepingCapacity: true)
        }
    }

    /// Follows everything that takes no scalar; `true` if that leads to a match.
    private func add(
        _ first: Int,
        at position: Int,
        in scalars: [Unicode.Scalar],
        to threads: inout Threads
    ) -> Bool {
        var open = [first]
        while let counter = open.popLast() {
            guard threads.insert(counter) else { continue }
            switch program[counter] {
            case .match: return true
            case .scalars: break
            case .jump(let target): open.append(target)
            case .split(let one, let other): open += [other, one]
            case .start: if position == 0 { open.append(counter + 1) }
            case .end: if position == scalars.count { open.append(counter + 1) }
            case .wordEdge(let isEdge):
                let before = position > 0 && ScalarSet.word.contains(scalars[position - 1])
                let after = position < scalars.count && ScalarSet.word.contains(scalars[position])
                if (before != after) == isEdge { open.append(counter + 1) }
            }
        }
        return false
    }

    private mutating func emit(_ node: Node) -> Bool {
        guard program.count < Self.maxInstructions else { return false }
        switch node {
        case .empty: return true
        case .scalars(let set): program.append(.scalars(set))
        case .start: program.append(.start)
        case .end: program.append(.end)
        case .wordEdge(let isEdge): program.append(.wordEdge(isEdge: isEdge))
        case .sequence(let nodes): return nodes.allSatisfy { emit($0) }
        case .choice(let nodes): return emitChoice(nodes[...])
        case .repeated(let inner, let least, let most): return emitRepeated(inner, least, most)
        }
        return true
    }

    private mutating func emitChoice(_ nodes: ArraySlice<Node>) -> Bool {
        guard let first = nodes.first else { return true }
        guard nodes.count > 1 else { return emit(first) }
        let split = program.count
        program.append(.jump(0))
        guard emit(first) else { return false }
        let jump = program.count
        program.append(.jump(0))
        program[split] = .split(split + 1, program.count)
        guard emitChoice(nodes.dropFirst()) else { return false }
        program[jump] = .jump(program.count)
        return true
    }

    private mutating func emitRepeated(_ node: Node, _ least: Int, _ most: Int?) -> Bool {
        guard least <= 1000, (most ?? 0) <= 1000 else { return false }
        for _ in 0..<least {
            let start = program.count
            guard emit(node) else { return false }
            // Without an instruction it takes nothing, however often; counted out, nested ones would never end.
            if program.count == start { return true }
        }
        guard let most else {
            let split = program.count
            program.append(.jump(0))
            guard emit(node) else { return false }
            program.append(.jump(split))
            program[split] = .split(split + 1, program.count)
            return true
        }
        var splits: [Int] = []
        for _ in least..<max(least, most) {
            splits.append(program.count)
            program.append(.jump(0))
            guard emit(node) else { return false }
        }
        for split in splits { program[split] = .split(split + 1, program.count) }
        return true
    }
}

/// A set of scalars, as patterns write it.
struct ScalarSet: Sendable {
    enum Item: Sendable {
        case range(UInt32, UInt32)
        case complement([Item])
        case category([Unicode.GeneralCategory])
    }

    var items: [Item]
    var isNegated = false

    func contains(_ scalar: Unicode.Scalar) -> Bool {
        items.contains { Self.holds($0, scalar) } != isNegated
    }

    private static func holds(_ item: Item, _ scalar: Unicode.Scalar) -> Bool {
        switch item {
        case .range(let first, let last): scalar.value >= first && scalar.value <= last
        case .complement(let items): !items.contains { holds($0, scalar) }
        case .category(let categories): categories.contains(scalar.properties.generalCategory)
        }
    }

    static func one(_ scalar: Unicode.Scalar) -> Item { .range(scalar.value, scalar.value) }

    static let digits: [Item] = [.range(0x30, 0x39)]
    static let words: [Item] = [.range(0x30, 0x39), .range(0x41, 0x5A), .range(0x5F, 0x5F), .range(0x61, 0x7A)]
    static let blanks: [Item] = [
        .range(0x09, 0x0D), .range(0x20, 0x20), .range(0xA0, 0xA0), .range(0x1680, 0x1680), .range(0x2000, 0x200A),
        .range(0x2028, 0x2029), .range(0x202F, 0x202F), .range(0x205F, 0x205F), .range(0x3000, 0x3000),
        .range(0xFEFF, 0xFEFF),
    ]
    static let word = ScalarSet(items: words)
    static let any = ScalarSet(
        items: [.range(0x0A, 0x0A), .range(0x0D, 0x0D), .range(0x2028, 0x2029)], isNegated: true
    )
}
