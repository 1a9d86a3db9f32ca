import Glibc

/// The few things that this target asks of the file system.
enum FileSystem {
    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    static func isExecutable(_ path: String) -> Bool { access(path, X_OK) == 0 }

    /// What `stat` says, or nil if there is nothing.
    static func status(_ path: String, followingLinks: Bool = true) -> stat? {
        var status = stat()
        return (followingLinks ? stat(path, &status) : lstat(path, &status)) == 0 ? status : nil
    }

    static func isFolder(_ path: String) -> Bool {
        status(path).map { $0.st_mode & S_IFMT == S_IFDIR } ?? false
    }

    /// The names in a folder, sorted.
    static func names(in folder: String) throws(LocalClusterError) -> [String] {
        guard let entries = opendir(folder) else { throw .system("The folder \(folder) cannot be read", errno) }
        defer { closedir(entries) }
        var names: [String] = []
        while let entry = readdir(entries) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// Makes a folder and those above it; what exists stays as it is.
    static func makeFolder(_ path: String, mode: mode_t) throws(LocalClusterError) {
        if isFolder(path) { return }
        if let slash = path.lastIndex(of: "/"), slash != path.startIndex {
            try makeFolder(String(path[..<slash]), mode: mode | 0o055)
        }
        guard mkdir(path, mode) == 0 || errno == EEXIST else {
            throw .system("The folder \(path) cannot be made", errno)
        }
    }

    /// The path without links and dots; it must exist.
    static func canonical(_ path: String) throws(LocalClusterError) -> String {
        guard let resolved = realpath(path, nil) else { throw .system("\(path) cannot be resolved", errno) }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    /// The target of a link, or nil if it cannot be read.
    static func link(_ path: String) -> String? {
        var characters = [CChar](repeating: 0, count: 4096)
        let count = readlink(path, &characters, characters.count)
        guard count > 0 else { return nil }
        return String(decoding: characters[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// The text of a small file, or nil if it cannot be read.
    static func text(_ path: String, last bytes: Int = 1 << 20) -> String? {
        guard let file = fopen(path, "re") else { return nil }
        defer { fclose(file) }
        if let size = status(path)?.st_size, size > bytes { fseek(file, -bytes, SEEK_END) }
        var text = [UInt8](repeating: 0, count: bytes)
        let count = fread(&text, 1, bytes, file)
        return String(decoding: text[..<count], as: UTF8.self)
    }

    /// Removes a file or a folder with all in it; does not follow links.
    static func remove(_ path: String) throws(LocalClusterError) {
        guard let status = status(path, followingLinks: false) else { return }
        if status.st_mode & S_IFMT == S_IFDIR {
            for name in try names(in: path) { try remove("\(path)/\(name)") }
            guard rmdir(path) == 0 else { throw .system("\(path) cannot be removed", errno) }
        } else {
            guard unlink(path) == 0 else { throw .system("\(path) cannot be removed", errno) }
        }
    }
}
