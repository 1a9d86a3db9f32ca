/// When refusals leave: at once while they are few, at a steady pace when they are many.
///
/// Clients that ask again as soon as they are refused would keep the server busy with refusing, and everybody else
/// waiting. An answer that is held is the one brake that reaches them: it holds up the client that it is for, and no
/// other, not even one behind the same proxy, which sends nothing else on a connection that is owed an answer. None is
/// held for longer than ``longest``, so a crowd that is too large for the pace is told as many a second as it asks in that
/// time, and no more than ``bound`` are held: then the oldest leaves early. A crowd that came at once does not come back at
/// once.
///
/// Knows no clock but the times that it is given, in nanoseconds; they must not go back.
struct RefusalPacer<Element> {
    /// Held refusals leave together at multiples of this, so that a pace does not wake the loop for each.
    private static var tick: Int64 { 10_000_000 }

    /// Nanoseconds between two refusals of a steady stream.
    private let interval: Int64
    /// How far a burst may run ahead of the pace, in nanoseconds.
    private let head: Int64
    /// Nanoseconds.
    private let longest: Int64
    private let bound: Int
    private var held: [(element: Element, due: Int64)] = []
    private var first = 0
    /// When the stream so far would be through at a steady pace.
    private var through: Int64 = 0

    init(interval: Int64, burst: Int, longest: Int64, bound: Int) {
        self.interval = interval
        head = interval * Int64(max(1, burst) - 1)
        // What leaves early does not hold up those behind it.
        self.longest = min(longest, interval * Int64(bound + 1))
        self.bound = bound
    }

    /// How many are held.
    var count: Int { held.count - first }

    /// When the next one is due.
    var next: Int64? { first < held.count ? held[first].due : nil }

    /// Takes a refusal; ``popDue(_:)`` gives it back when it is to leave.
    mutating func add(_ element: Element, now: Int64) {
        var due = max(now, through - head)
        if due > now { due = (due + Self.tick - 1) / Self.tick * Self.tick }
        through = min(max(through, now) + interval, now + head + longest)
        held.append((element, due))
    }

    /// The next refusal whose time has come, or that is one too many.
    mutating func popDue(_ now: Int64) -> Element? {
        guard first < held.count, held[first].due <= now || count > bound else { return nil }
        return pop()
    }

    /// Gives everything back, to leave at once.
    mutating func popAll() -> [Element] {
        defer { (held, first) = ([], 0) }
        return held[first...].map(\.element)
    }

    private mutating func pop() -> Element {
        defer {
            first += 1
            if first == held.count || first > 256 && first * 2 > held.count {
                held.removeFirst(first)
                first = 0
            }
        }
        return held[first].element
    }
}
