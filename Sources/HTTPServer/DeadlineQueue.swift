/// Which connection to look at next, by time: a binary heap.
///
/// A connection's deadline moves with every request, nearly always to a later time. So the queue holds an early time and
/// the loop asks the connection when that has come; only an earlier deadline costs a new entry.
struct DeadlineQueue {
    private struct Entry {
        let time: Int64
        let id: ConnectionID
    }

    private var heap: [Entry] = []

    /// The earliest time.
    var next: Int64? { heap.first?.time }

    mutating func insert(_ id: ConnectionID, at time: Int64) {
        heap.append(Entry(time: time, id: id))
        var child = heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard heap[child].time < heap[parent].time else { return }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    /// Takes the earliest entry if its time has come.
    mutating func popDue(_ now: Int64) -> (id: ConnectionID, time: Int64)? {
        guard let first = heap.first, first.time <= now else { return nil }
        let last = heap.removeLast()
        if !heap.isEmpty {
            heap[0] = last
            siftDown()
        }
        return (first.id, first.time)
    }

    private mutating func siftDown() {
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2]
            where child < heap.count && heap[child].time < heap[least].time {
                least = child
            }
            guard least != parent else { return }
            heap.swapAt(parent, least)
            parent = least
        }
    }
}
