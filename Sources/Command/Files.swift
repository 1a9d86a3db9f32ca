import Glibc

/// The few things that commands do with files.
enum Files {
    /// A file's text, or `nil` if it cannot be read.
    static func text(_ path: String) -> String? { bytes(path).map { String(decoding: $0, as: UTF8.self) } }

    static func bytes(_ path: String) -> [UInt8]? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var content: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(file, &buffer, buffer.count)
            if count < 0 { return nil }
            if count == 0 { return content }
            content += buffer[..<count]
        }
    }

    /// Writes a file that only its owner may read, whole or not at all.
    static func writePrivately(_ text: String, to path: String) throws(Failure) {
        try write(text, to: path, mode: 0o600)
    }

    /// Writes a file, whole or not at all.
    static func write(_ text: String, to path: String, mode: mode_t = 0o644) throws(Failure) {
        let temporary = path + ".new"
        let file = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
        guard file >= 0 else { throw Failure("The file \(path) cannot be written: \(Failure.systemReason()).") }
        let bytes = Array(text.utf8)
        let written = bytes.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
        let synced = fsync(file) == 0
        close(file)
        guard written == bytes.count, synced, rename(temporary, path) == 0 else {
            throw Failure("The file \(path) cannot be written: \(Failure.systemReason()).")
        }
    }

    static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// Makes a folder and those above it.
    static func makeFolder(_ path: String) throws(Failure) {
        var made = path.hasPrefix("/") ? "" : "."
        for part in path.split(separator: "/") {
            made += "/" + part
            if isFolder(made) { continue }
            guard mkdir(made, 0o755) == 0 else {
                throw Failure("The folder \(made) cannot be made: \(Failure.systemReason()).")
            }
        }
    }

    static func absolute(_ path: String) -> String {
        guard !path.hasPrefix("/") else { return path }
        guard let current = getcwd(nil, 0) else { return path }
        defer { free(current) }
        return String(cString: current) + "/" + path
    }
}
