/// The open connections by their place; a place that is free again gets the next generation.
struct ConnectionTable {
    private struct Slot {
        var generation: UInt32
        var connection: Connection?
    }

    private var slots: [Slot] = []
    private var free: [UInt32] = []
    /// How many connections are open.
    private(set) var count = 0

    /// The connection, unless it is gone and another may have its place.
    subscript(id: ConnectionID) -> Connection? {
        guard Int(id.slot) < slots.count, slots[Int(id.slot)].generation == id.generation else { return nil }
        return slots[Int(id.slot)].connection
    }

    /// All open connections.
    var all: [Connection] { slots.compactMap(\.connection) }

    /// Gives a place to the connection that `make` returns.
    mutating func insert(_ make: (ConnectionID) -> Connection) -> Connection {
        if free.isEmpty {
            free.append(UInt32(slots.count))
            slots.append(Slot(generation: 0, connection: nil))
        }
        let slot = free.removeLast()
        let connection = make(ConnectionID(slot: slot, generation: slots[Int(slot)].generation))
        slots[Int(slot)].connection = connection
        count += 1
        return connection
    }

    /// Frees a connection's place.
    mutating func remove(_ id: ConnectionID) {
        slots[Int(id.slot)].connection = nil
        slots[Int(id.slot)].generation &+= 1
        free.append(id.slot)
        count -= 1
    }
}
