/// Which statements a connection has prepared.
///
/// A statement is known once the server has confirmed it, for an error earlier in the same call keeps the server from
/// preparing it. Until then it is promised: other calls of the same flush use it, and prepare again if it came to nothing.
struct PreparedStatements {
    /// How a statement is to be sent.
    enum Use {
        case prepared(name: String)
        case preparing(name: String)
    }

    private struct Known {
        let name: String
        var lastUse: Int
    }

    private let bound: Int
    private var known: [StatementText: Known] = [:]
    private var promised: [StatementText: String] = [:]
    private var surplus: [String] = []
    private var lastNumber = 0
    private var clock = 0

    /// - Parameter bound: How many statements are remembered; the server keeps memory for each.
    init(bound: Int) { self.bound = bound }

    /// How many statements the server has confirmed and not been told to forget.
    var count: Int { known.count }

    /// Decides how a statement is sent, and remembers it as promised if it is to be prepared.
    ///
    /// - Parameter sharing: Whether a promise by another call of the same flush will do.
    mutating func use(_ text: String, sharing: Bool) -> Use {
        clock += 1
        let text = StatementText(text)
        if let index = known.index(forKey: text) {
            known.values[index].lastUse = clock
            return .prepared(name: known.values[index].name)
        }
        if sharing, let name = promised[text] { return .prepared(name: name) }
        lastNumber += 1
        let name = "s\(lastNumber)"
        promised[text] = name
        return .preparing(name: name)
    }

    /// The server has prepared a statement.
    mutating func confirm(_ text: String, name: String) {
        let text = StatementText(text)
        if known[text] == nil {
            known[text] = Known(name: name, lastUse: clock)
        } else {
            surplus.append(name)
        }
    }

    /// A statement is gone, or no longer fits the tables.
    mutating func forget(_ text: String) { forget(StatementText(text)) }

    private mutating func forget(_ text: StatementText) {
        promised[text] = nil
        if let gone = known.removeValue(forKey: text) { surplus.append(gone.name) }
    }

    /// Ends the promises of the last flush, and returns the names that the server may drop.
    ///
    /// When more statements are known than allowed, those that were not used for the longest time go, an eighth at once.
    mutating func beginFlush() -> [String] {
        promised.removeAll(keepingCapacity: true)
        if known.count > bound {
            let surplusCount = known.count - bound + bound / 8
            for (text, _) in known.sorted(by: { $0.value.lastUse < $1.value.lastUse }).prefix(surplusCount) {
                forget(text)
            }
        }
        defer { surplus.removeAll() }
        return surplus
    }
}
