import CLinux
import Glibc

/// The way to the client. What it does not take at once waits here, for nothing in the bridge may block.
///
/// The descriptor belongs to whoever started the bridge and is shared with others, so it is not made non-blocking:
/// a pipe that is ready takes a page without blocking, and a socket is told not to.
struct ClientOutput {
    /// What a pipe that is ready takes at once.
    private static let page = 4096

    let descriptor: CInt
    private let isSocket: Bool
    private var pending: [UInt8] = []
    private var start = 0
    /// Whether the client takes nothing more.
    private(set) var isGone = false

    init(_ descriptor: CInt) {
        self.descriptor = descriptor
        var status = stat()
        isSocket = fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFSOCK
    }

    /// How many bytes wait.
    var backlog: Int { pending.count - start }

    /// Adds a message with its line end.
    mutating func append(_ message: [UInt8]) {
        guard !isGone else { return }
        pending += message
        pending.append(0x0A)
    }

    /// Writes what the client takes without making the bridge wait, at most about a megabyte.
    mutating func flush() {
        var budget = 1 << 20
        while backlog > 0, budget > 0, !isGone {
            let count = min(backlog, isSocket ? budget : Self.page)
            guard let written = write(count) else { return }
            start += written
            budget -= written
        }
        if isGone || start == pending.count {
            (pending, start) = ([], 0)
        } else if start > 1 << 20 {
            pending.removeFirst(start)
            start = 0
        }
    }

    /// Writes some bytes; `nil` if the client is not ready, or gone.
    private mutating func write(_ count: Int) -> Int? {
        while true {
            let written = pending.withUnsafeBytes { bytes -> Int in
                let first = bytes.baseAddress.map { $0 + start }
                if isSocket {
                    return send(descriptor, first, count, CInt(MSG_DONTWAIT) | CInt(MSG_NOSIGNAL))
                }
                guard Descriptors(writable: [descriptor]).wait(for: .zero) else {
                    errno = EAGAIN
                    return -1
                }
                return Glibc.write(descriptor, first, count)
            }
            if written > 0 { return written }
            if errno == EINTR { continue }
            isGone = errno != EAGAIN
            return nil
        }
    }
}
