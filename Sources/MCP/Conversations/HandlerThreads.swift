import Glibc
import Synchronization

/// The threads of handlers: each has its own, for it may wait for a person.
final class HandlerThreads: Sendable {
    private let limit: Int
    private let count = Mutex(0)

    init(limit: Int) { self.limit = limit }

    /// Runs `body` on a thread of its own; `false` if too many run already.
    func run(_ body: @escaping @Sendable () -> Void) -> Bool {
        let isFree = count.withLock { count in
            guard count < limit else { return false }
            count += 1
            return true
        }
        guard isFree else { return false }
        let work = ThreadWork {
            body()
            self.count.withLock { $0 -= 1 }
        }
        let context = unsafe Unmanaged.passRetained(work).toOpaque()
        var thread = pthread_t()
        guard unsafe pthread_create(&thread, nil, runThread, context) == 0 else {
            unsafe Unmanaged<ThreadWork>.fromOpaque(context).release()
            count.withLock { $0 -= 1 }
            return false
        }
        pthread_detach(thread)
        return true
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
