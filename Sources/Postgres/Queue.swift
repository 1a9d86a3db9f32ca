/// First in, first out, in constant time.
struct Queue<Element> {
    private var items: [Element?] = []
    private var head = 0

    var count: Int { items.count - head }
    var isEmpty: Bool { count == 0 }

    mutating func append(_ element: Element) { items.append(element) }

    mutating func prepend(_ element: Element) {
        if head > 0 {
            head -= 1
            items[head] = element
        } else {
            items.insert(element, at: 0)
        }
    }

    mutating func popFirst() -> Element? {
        guard head < items.count else { return nil }
        let element = items[head]
        items[head] = nil
        head += 1
        if head == items.count || head > 64 && head * 2 > items.count {
            items.removeFirst(head)
            head = 0
        }
        return element
    }

    /// The least of a value over all elements.
    func minimum<Value: Comparable>(_ value: (Element) -> Value) -> Value? {
        items[head...].compactMap { $0.map(value) }.min()
    }

    /// Takes out the elements that match, in order.
    mutating func remove(where matches: (Element) -> Bool) -> [Element] {
        var kept: [Element?] = []
        var removed: [Element] = []
        for case let element? in items[head...] {
            if matches(element) { removed.append(element) } else { kept.append(element) }
        }
        items = kept
        head = 0
        return removed
    }
}
