import CFuzzer
import Synchronization

/// Looks at the heap from time to time, for memory that inputs leave behind.
///
/// libFuzzer's own memory is in it, so this finds what grows with every input only; ``Replay`` is exact.
final class HeapWatch: Sendable {
    static let shared = HeapWatch()

    private static let interval = 4096
    private static let allowance = 128 << 20

    private let state = Mutex((inputs: 0, first: 0))

    /// How many bytes are in use now.
    static var bytes: Int { Int(__sanitizer_get_current_allocated_bytes()) }

    func look() {
        state.withLock { state in
            state.inputs += 1
            guard state.inputs.isMultiple(of: Self.interval) else { return }
            let bytes = Self.bytes
            if state.first == 0 { state.first = bytes }
            require(
                bytes - state.first < Self.allowance,
                "The heap has grown from \(state.first) to \(bytes) bytes in \(state.inputs) inputs"
            )
        }
    }
}
