import Glibc
import Synchronization

/// The threads of handlers: each has its own, for it may wait for a person.
final class HandlerThreads: Sendable {
    private let limit: Int
    private let share: Int
    private let counts = Mutex<(all: Int, byCaller: [[UInt8]: Int])>((0, [:]))

    /// - Parameters:
    ///   - limit: How many handlers run at a time.
    ///   - share: How many of them may be one caller's.
    init(limit: Int, share: Int) {
        self.limit = limit
        self.share = share
    }

    /// Runs `body` on a thread of its own; `false` if too many run already.
    func run(for caller: [UInt8], _ body: @escaping @Sendable () -> Void) -> Bool {
        let isFree = counts.withLock { counts in
            guard counts.all < limit, counts.byCaller[caller, default: 0] < share else { return false }
            counts.all += 1
            counts.byCaller[caller, default: 0] += 1
            return true
        }
        guard isFree else { return false }
        let work = ThreadWork {
            body()
            self.leave(caller)
        }
        let context = unsafe Unmanaged.passRetained(work).toOpaque()
        var thread = pthread_t()
        guard unsafe pthread_create(&thread, nil, runThread, context) == 0 else {
            unsafe Unmanaged<ThreadWork>.fromOpaque(context).release()
            leave(caller)
            return false
        }
        pthread_detach(thread)
        return true
    }

    private func leave(_ caller: [UInt8]) {
        counts.withLock { counts in
            counts.all -= 1
            let rest = counts.byCaller[caller, default: 1] - 1
            counts.byCaller[caller] = rest > 0 ? rest : nil
        }
    }
}

private final class ThreadWork: Sendable {
    let body: @Sendable () -> Void

    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
}

/// The thread's entry; takes over the reference that `run` has retained.
private func runThread(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let context = unsafe context else { return nil }
    let work = unsafe Unmanaged<ThreadWork>.fromOpaque(context).takeRetainedValue()
    work.body()
    return nil
}
