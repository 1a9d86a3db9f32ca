import Glibc

/// What `postmaster.pid` in a data folder says.
struct PostmasterFile {
    let process: pid_t
    let socketFolder: String?
    /// `starting`, `ready`, `stopping`; absent while the server has not got that far.
    let status: String?

    init?(_ path: String) {
        guard let text = FileSystem.text(path) else { return nil }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        guard let first = lines.first, let process = pid_t(first), process > 0 else { return nil }
        self.process = process
        socketFolder = lines.count > 4 && !lines[4].isEmpty ? lines[4] : nil
        status = lines.count > 7 ? lines[7].split(separator: " ").first.map(String.init) : nil
    }

    /// Whether the process is a server on this data folder, and not one that got a dead server's number.
    func isRunning(on data: String) -> Bool {
        guard kill(process, 0) == 0 || errno == EPERM else { return false }
        let name = FileSystem.text("/proc/\(process)/comm", last: 64)?.split(separator: "\n").first
        return name == "postgres" && FileSystem.link("/proc/\(process)/cwd") == data
    }
}
