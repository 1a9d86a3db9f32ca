import Glibc

extension ClusterLayout {
    /// Whether there is no data yet.
    var isMissing: Bool { !FileSystem.exists(data) }

    /// Takes the folder for this program, if it is a cluster's or empty.
    func claim() throws(LocalClusterError) -> ClusterLock {
        let names = try FileSystem.names(in: folder)
        if !names.contains("cluster.lock") {
            guard names.isEmpty else {
                throw LocalClusterError(
                    .notACluster,
                    "\(folder) is neither empty nor a cluster of this program; it has \(names[0]). Choose another folder."
                )
            }
        }
        let lock = try ClusterLock(self.lock)
        if FileSystem.exists(data), !FileSystem.exists(version) {
            throw LocalClusterError(
                .notACluster,
                "\(data) is no PostgreSQL data: PG_VERSION is missing. Restore it, or choose another folder."
            )
        }
        return lock
    }

    /// The version that made the data; nil if there is none.
    func majorVersion() throws(LocalClusterError) -> Int? {
        guard FileSystem.exists(version) else { return nil }
        guard let line = FileSystem.text(version)?.split(separator: "\n").first, let major = Int(line) else {
            throw LocalClusterError(.notACluster, "\(version) does not say which version made the data.")
        }
        return major
    }
}

extension LocalCluster {
    /// Creates the data in a folder beside, and renames it when it is complete.
    func create(
        _ layout: ClusterLayout,
        _ binaries: ServerBinaries,
        _ account: ServerAccount
    ) throws(LocalClusterError) {
        try FileSystem.remove(layout.unfinishedData)
        try account.makePrivateFolder(layout.unfinishedData)
        var arguments = options.primary.map { copying($0, layout, binaries) } ?? initialising(layout, binaries)
        if !options.isDurable { arguments.append("--no-sync") }
        let process = try ChildProcess.start(
            account.command(arguments, endsWithParent: true), in: layout.folder, output: layout.log
        )
        guard ChildProcess.wait(for: process) == 0 else {
            let program = options.primary == nil ? "initdb" : "pg_basebackup"
            throw LocalClusterError(
                .creationFailed, "\(program) failed in \(layout.folder). It says:\n\(layout.lastLogLines())"
            )
        }
        guard rename(layout.unfinishedData, layout.data) == 0 else {
            throw .system("\(layout.unfinishedData) cannot be renamed", errno)
        }
    }

    private func initialising(_ layout: ClusterLayout, _ binaries: ServerBinaries) -> [String] {
        [
            binaries.initdb, "--pgdata=\(layout.unfinishedData)", "--username=postgres", "--encoding=UTF8",
            "--locale=\(Self.locale)", "--auth=trust", "--no-instructions",
        ]
    }

    /// Copies a running server, and has the copy follow it from then on.
    private func copying(_ primary: String, _ layout: ClusterLayout, _ binaries: ServerBinaries) -> [String] {
        [
            binaries.basebackup, "--dbname=\(primary)", "--pgdata=\(layout.unfinishedData)", "--write-recovery-conf",
            "--wal-method=stream", "--checkpoint=fast",
        ]
    }

    /// Letters of all languages if the system has that, the same order everywhere.
    private static var locale: String {
        guard let locale = newlocale(1 << LC_CTYPE, "C.UTF-8", nil) else { return "C" }
        freelocale(locale)
        return "C.UTF-8"
    }
}
