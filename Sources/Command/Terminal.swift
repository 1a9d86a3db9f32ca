import Glibc

/// What people and scripts read: results on standard output, everything else on standard error.
enum Terminal {
    static func print(_ text: String) { put(text + "\n", on: STDOUT_FILENO) }

    static func note(_ text: String) { put(text + "\n", on: STDERR_FILENO) }

    static func error(_ text: String) { put("workport: " + text + "\n", on: STDERR_FILENO) }

    /// A line that replaces the one before it where standard error is a terminal.
    static func progress(_ text: String) {
        put(isatty(STDERR_FILENO) == 1 ? "\r\u{1B}[K" + text : text + "\n", on: STDERR_FILENO)
    }

    /// How long a progress line stands at least: a log wants fewer of them than a terminal.
    static var progressInterval: Duration { isatty(STDERR_FILENO) == 1 ? .milliseconds(250) : .seconds(10) }

    static func endProgress() { if isatty(STDERR_FILENO) == 1 { put("\n", on: STDERR_FILENO) } }

    private static func put(_ text: String, on file: Int32) {
        let bytes = Array(text.utf8)
        var start = 0
        while start < bytes.count {
            let count = bytes[start...].withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
            if count <= 0 { return }
            start += count
        }
    }
}
