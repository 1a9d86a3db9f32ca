import Glibc

extension LocalCluster {
    /// The pause between looks at whether the server is ready.
    private static let pause: UInt32 = 10_000

    /// Waits for a server that another program left behind; nil if it ended instead.
    func adopt(_ found: PostmasterFile, _ layout: ClusterLayout) throws(LocalClusterError) -> Postmaster? {
        let postmaster = Postmaster(process: found.process, data: layout.data, isAdopted: true)
        return try waitUntilReady(postmaster, layout) ? postmaster : nil
    }

    func startServer(
        _ layout: ClusterLayout,
        _ binaries: ServerBinaries,
        _ account: ServerAccount
    ) throws(LocalClusterError) -> Postmaster {
        rotateLog(layout)
        let command = account.command(arguments(layout, binaries), endsWithParent: true)
        let deadline = ContinuousClock.now + .seconds(5)
        while true {
            let postmaster = try Postmaster.start(command, layout: layout)
            if try waitUntilReady(postmaster, layout) { return postmaster }
            let lines = layout.lastLogLines()
            // The processes of a killed server end by themselves, a moment after it.
            if lines.contains("shared memory block"), ContinuousClock.now < deadline {
                usleep(100_000)
                continue
            }
            throw LocalClusterError(.startFailed, "The server in \(layout.folder) does not start. It says:\n\(lines)")
        }
    }

    private func arguments(_ layout: ClusterLayout, _ binaries: ServerBinaries) -> [String] {
        var settings = [
            "listen_addresses": "",
            "port": "5432",
            // A list: without quotes a comma in the path would end its first element.
            "unix_socket_directories": "\"\(layout.socketFolder)\"",
            // The statements here are short; compiling them costs more than it saves.
            "jit": "off",
            "timezone": "UTC",
            "log_timezone": "UTC",
        ]
        if !options.isDurable {
            settings.merge(["fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"]) { $1 }
        }
        settings.merge(options.settings) { $1 }
        return [binaries.postgres, "-D", layout.data]
            + settings.sorted { $0.key < $1.key }.flatMap { ["-c", "\($0.key)=\($0.value)"] }
    }

    /// Returns true when the server accepts connections, false when it has ended.
    private func waitUntilReady(_ postmaster: Postmaster, _ layout: ClusterLayout) throws(LocalClusterError) -> Bool {
        let deadline = ContinuousClock.now + options.startLimit
        while postmaster.exit == nil {
            if let file = PostmasterFile(layout.postmasterFile), file.process == postmaster.process,
                file.status == "ready"
            {
                return true
            }
            guard ContinuousClock.now < deadline else {
                _ = postmaster.stop(SIGINT, within: options.stopLimit)
                let lines = layout.lastLogLines()
                throw LocalClusterError(.startFailed, "The server in \(layout.folder) is not ready in time:\n\(lines)")
            }
            usleep(Self.pause)
        }
        return false
    }

    private func rotateLog(_ layout: ClusterLayout) {
        guard let size = FileSystem.status(layout.log)?.st_size, size > 16 << 20 else { return }
        rename(layout.log, layout.oldLog)
    }
}
