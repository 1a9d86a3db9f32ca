import CLinux
import Glibc
import Synchronization

/// Asks a bridge to end, from any thread.
package final class StopBell: Sendable {
    /// Readable once it has rung.
    let descriptor: CInt
    private let rings = Atomic(0)

    /// Makes a bell.
    ///
    /// - Throws: ``BridgeError`` if the system has no descriptor left.
    package init() throws(BridgeError) {
        descriptor = linux_eventfd()
        guard descriptor >= 0 else { throw BridgeError(.system, "The system gives no descriptor.") }
    }

    deinit { close(descriptor) }

    /// Asks to end: what is under way may finish. Asking again breaks it off.
    package func ring() {
        rings.wrappingAdd(1, ordering: .releasing)
        eventfd_write(descriptor, 1)
    }

    /// How often it was rung.
    var count: Int { rings.load(ordering: .acquiring) }

    /// Makes the descriptor quiet again.
    func acknowledge() {
        var count: eventfd_t = 0
        _ = eventfd_read(descriptor, &count)
    }
}
