/// Reads server-sent events from bytes as they arrive (WHATWG HTML section 9.2).
struct EventStreamReader {
    /// What stood between two blank lines; comments alone are none.
    struct Event: Equatable {
        /// The event's type; `nil` stands for `message`.
        var name: String?
        /// The lines of data, joined. An event without data only moves the place to resume at.
        var data: [UInt8] = []
        /// Where a client resumes.
        var id: String?
        /// How long to wait before coming back.
        var retry: Duration?
    }

    /// An event is larger than the limit.
    struct TooLarge: Error {}

    private let limit: Int
    private var line: [UInt8] = []
    private var event = Event()
    private var hasField = false
    private var hasData = false
    private var isAfterReturn = false
    private var isAtStart = true

    /// Starts before the first event.
    init(limit: Int) { self.limit = limit }

    /// Takes what was read and gives the events that are complete with it.
    mutating func read(_ bytes: [UInt8]) throws(TooLarge) -> [Event] {
        var events: [Event] = []
        var rest = bytes[...]
        if isAfterReturn, rest.first == 0x0A { rest = rest.dropFirst() }
        if !bytes.isEmpty { isAfterReturn = false }
        while let end = rest.firstIndex(where: { $0 == 0x0A || $0 == 0x0D }) {
            try append(rest[..<end])
            if let event = endLine() { events.append(event) }
            let isReturn = rest[end] == 0x0D
            rest = rest[(end + 1)...]
            if isReturn, rest.first == 0x0A {
                rest = rest.dropFirst()
            } else {
                isAfterReturn = isReturn && rest.isEmpty
            }
        }
        try append(rest)
        return events
    }

    private mutating func append(_ bytes: ArraySlice<UInt8>) throws(TooLarge) {
        guard line.count + event.data.count + bytes.count <= limit else { throw TooLarge() }
        line += bytes
    }

    /// Takes the line that has ended; gives the event if it was the blank line behind one.
    private mutating func endLine() -> Event? {
        defer { line.removeAll(keepingCapacity: true) }
        if isAtStart {
            isAtStart = false
            if line.starts(with: [0xEF, 0xBB, 0xBF]) { line.removeFirst(3) }
        }
        guard line.isEmpty else {
            readField()
            return nil
        }
        defer { (event, hasField, hasData) = (Event(), false, false) }
        return hasField ? event : nil
    }

    private mutating func readField() {
        let colon = line.firstIndex(of: 0x3A)
        var value = colon.map { line[($0 + 1)...] } ?? []
        if value.first == 0x20 { value = value.dropFirst() }
        switch String(decoding: line[..<(colon ?? line.endIndex)], as: UTF8.self) {
        case "data":
            if hasData { event.data.append(0x0A) }
            event.data += value
            (hasData, hasField) = (true, true)
        case "event":
            event.name = String(decoding: value, as: UTF8.self)
            hasField = true
        case "id" where !value.contains(0):
            event.id = String(decoding: value, as: UTF8.self)
            hasField = true
        case "retry":
            guard let milliseconds = Int64(String(decoding: value, as: UTF8.self)), milliseconds >= 0 else { return }
            event.retry = .milliseconds(milliseconds)
            hasField = true
        default: return
        }
    }
}
