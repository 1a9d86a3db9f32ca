import CSpawn
import Glibc

/// A program started by this one.
enum ChildProcess {
    /// Starts a program in a session of its own, with no open files but its output and with default signals.
    ///
    /// The output is appended to a file. No terminal's signals reach it, so the caller alone decides when it ends.
    ///
    /// - Returns: The process, to be waited for.
    static func start(
        _ arguments: [String],
        in folder: String,
        output: String
    ) throws(LocalClusterError) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_APPEND, 0o640)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        posix_spawn_file_actions_addclosefrom_np(&actions, 3)
        posix_spawn_file_actions_addchdir_np(&actions, folder)

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        var all = sigset_t()
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSID))

        var process: pid_t = 0
        let program = arguments[0]
        let failure = withCStrings(arguments) { arguments in
            // Nothing of this program's environment: PGDATA and its kin would change what the server does.
            withCStrings(["PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8", "TZ=UTC"]) { environment in
                posix_spawnp(&process, program, &actions, &attributes, arguments, environment)
            }
        }
        guard failure == 0 else { throw .system("\(arguments[0]) cannot be started", failure) }
        return process
    }

    /// Waits until a program has ended, and returns its exit status: negative for a signal.
    static func wait(for process: pid_t) -> Int {
        var status: CInt = 0
        while waitpid(process, &status, 0) < 0 {
            guard errno == EINTR else { return -1 }
        }
        let signal = status & 0x7f
        return signal == 0 ? Int((status >> 8) & 0xff) : -Int(signal)
    }

    /// Runs a program to its end and returns the first line that it wrote, or nil if it failed.
    static func firstLine(of arguments: [String]) -> String? {
        var path = Array("/tmp/workport-output-XXXXXX".utf8CString)
        let file = mkstemp(&path)
        guard file >= 0 else { return nil }
        let name = String(decoding: path.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        defer {
            close(file)
            unlink(name)
        }
        guard let process = try? start(arguments, in: "/", output: name), wait(for: process) == 0 else { return nil }
        return FileSystem.text(name)?.split(separator: "\n").first.map(String.init)
    }
}

/// Calls `body` with C strings and the null pointer that ends the list.
private func withCStrings<Value>(
    _ texts: [String],
    _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Value
) -> Value {
    var pointers: [UnsafeMutablePointer<CChar>?] = texts.map { strdup($0) }
    pointers.append(nil)
    defer { for pointer in pointers { free(pointer) } }
    return body(pointers)
}
