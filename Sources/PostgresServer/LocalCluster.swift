import Glibc
import Synchronization

/// A PostgreSQL cluster of this program's own, in a folder.
///
/// It is created on first start, speaks over a socket that only this program's account and the server's can reach, and ends
/// with the program. A server that a killed program left behind is found and used.
///
///     let cluster = LocalCluster(directory: "/var/lib/workport")
///     try cluster.start()
///     try cluster.prepare(database: "workport", owner: "workport_owner", application: "workport_app")
///     let pool = WorkerPool(PoolConfiguration(url: cluster.url(database: "workport", role: "workport_app")))
package final class LocalCluster: Sendable {
    /// What can be chosen.
    package struct Options: Sendable {
        /// Whether committed rows survive a crash of the machine; off only for tests.
        package var isDurable = true
        /// How long the server may take until it is ready, recovery included.
        package var startLimit: Duration = .seconds(60)
        /// How long the server may take to end.
        package var stopLimit: Duration = .seconds(30)
        /// The server whose standby this one is: a connection string of its superuser. A cluster that does not exist is
        /// made as a copy of it then.
        package var primary: String?
        /// Settings of the server beyond those that this type makes.
        package var settings: [String: String] = [:]

        /// The defaults for real data.
        package init() {}
    }

    /// How a server ends.
    package enum StopMode: Sendable {
        /// Waits until all connections have ended.
        case smart
        /// Ends all connections, and rolls back what they had open.
        case fast
        /// Ends at once; the next start recovers.
        case immediate

        var signal: CInt {
            switch self {
            case .smart: SIGTERM
            case .fast: SIGINT
            case .immediate: SIGQUIT
            }
        }
    }

    private struct Running {
        let lock: ClusterLock
        let postmaster: Postmaster
        let socketFolder: String
    }

    /// The folder as it was given.
    package let directory: String
    private let binaries: String?
    let options: Options
    private let running = Mutex<Running?>(nil)

    /// Names a cluster; nothing happens before ``start()``.
    ///
    /// - Parameters:
    ///   - directory: The cluster's folder; made if it does not exist.
    ///   - binaries: The folder with `initdb` and `postgres`; nil to look in the usual places.
    ///   - options: What can be chosen.
    package init(directory: String, binaries: String? = nil, options: Options = Options()) {
        self.directory = directory
        self.binaries = binaries
        self.options = options
    }

    deinit { try? stop() }

    /// Whether the server runs as far as is known.
    package var isRunning: Bool { running.withLock { $0.map { $0.postmaster.exit == nil } ?? false } }

    /// The server's process, while it runs.
    package var process: Int? { running.withLock { $0.map { Int($0.postmaster.process) } } }

    /// Creates the cluster if need be, starts its server, and returns when it accepts connections.
    ///
    /// Does nothing when this value has started it already.
    package func start() throws(LocalClusterError) {
        try running.withLock { current throws(LocalClusterError) in
            if let postmaster = current?.postmaster, postmaster.exit == nil { return }
            current = nil
            current = try launch()
        }
    }

    /// Ends the server and gives up the folder; does nothing when it is not running.
    package func stop(_ mode: StopMode = .fast) throws(LocalClusterError) {
        try running.withLock { current throws(LocalClusterError) in
            guard let postmaster = current?.postmaster else { return }
            guard postmaster.stop(mode.signal, within: options.stopLimit) else {
                throw LocalClusterError(.stopFailed, "The server (process \(postmaster.process)) did not end in time.")
            }
            // A folder below /tmp, for a path that was too long; the server has removed its socket.
            if let folder = current?.socketFolder, !folder.hasSuffix("/run") { rmdir(folder) }
            current = nil
        }
    }

    /// A connection string for libpq.
    ///
    /// - Parameters:
    ///   - database: The database's name.
    ///   - role: The role to connect as; the cluster's superuser is `postgres`.
    package func url(database: String, role: String) -> String {
        let folder = running.withLock { $0?.socketFolder } ?? ClusterLayout(folder: directory).socketFolder
        return "postgresql:///\(escaped(database))?host=\(escaped(folder))&port=5432&user=\(escaped(role))"
    }

    private func launch() throws(LocalClusterError) -> Running {
        let account = try ServerAccount.find()
        try FileSystem.makeFolder(directory, mode: geteuid() == 0 ? 0o711 : 0o700)
        let layout = ClusterLayout(folder: try FileSystem.canonical(directory))
        try account.checkReach(layout.folder)
        let lock = try layout.claim()
        if let found = PostmasterFile(layout.postmasterFile) {
            if found.isRunning(on: layout.data), let adopted = try adopt(found, layout) {
                return Running(
                    lock: lock, postmaster: adopted, socketFolder: found.socketFolder ?? layout.socketFolder
                )
            }
            // Its number may belong to another process by now, which would keep a server from starting.
            try FileSystem.remove(layout.postmasterFile)
        }
        let binaries = try ServerBinaries.find(in: binaries, majorVersion: layout.majorVersion())
        if layout.isMissing { try create(layout, binaries, account) }
        try account.makePrivateFolder(layout.socketFolder)
        try FileSystem.remove("\(layout.socketFolder)/\(ClusterLayout.socketName).lock")
        let postmaster = try startServer(layout, binaries, account)
        return Running(lock: lock, postmaster: postmaster, socketFolder: layout.socketFolder)
    }
}

/// The text with everything but letters, digits and `_-.` in percent form.
private func escaped(_ text: String) -> String {
    var escaped = ""
    for byte in text.utf8 {
        let scalar = Unicode.Scalar(byte)
        if byte < 0x80,
            scalar.properties.isAlphabetic || scalar.properties.numericType != nil
                || "_-.".unicodeScalars.contains(scalar)
        {
            escaped.unicodeScalars.append(scalar)
        } else {
            escaped += byte < 16 ? "%0\(String(byte, radix: 16))" : "%\(String(byte, radix: 16))"
        }
    }
    return escaped
}
