import Glibc

/// The right to use a cluster's folder; ends with the value, and with the program however that ends.
final class ClusterLock: Sendable {
    private let file: CInt

    init(_ path: String) throws(LocalClusterError) {
        file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw .system("\(path) cannot be opened", errno) }
        guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
            let reason = errno
            close(file)
            guard reason == EWOULDBLOCK else { throw .system("\(path) cannot be locked", reason) }
            throw LocalClusterError(
                .inUse, "Another program uses the cluster in \(path.dropLast("/cluster.lock".count)).")
        }
    }

    deinit { close(file) }
}
