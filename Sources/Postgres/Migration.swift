import Glibc

/// One step of the schema: a file `NNNN_subject.sql` that is never edited once shipped.
package struct Migration: Sendable, Equatable {
    /// Its place in the order; the first is 1.
    package let number: Int
    /// The file's name.
    package let name: String
    /// The statements.
    package let script: String

    /// Reads the number from the name.
    ///
    /// - Throws: ``PostgresError`` of kind `migration` if the name is not four digits, `_`, a subject in `a–z0–9_`, `.sql`.
    package init(name: String, script: String) throws(PostgresError) {
        let parts = name.utf8.split(separator: UInt8(ascii: "_"), maxSplits: 1)
        guard parts.count == 2, parts[0].count == 4, parts[0].allSatisfy(isDigit), let number = Int(name.prefix(4)),
            name.hasSuffix(".sql"), case let subject = parts[1].dropLast(4), !subject.isEmpty,
            subject.allSatisfy({ isDigit($0) || isLowercase($0) || $0 == UInt8(ascii: "_") })
        else {
            throw PostgresError(.migration, "\(name) is no name for a migration; it is NNNN_subject.sql.")
        }
        self.number = number
        self.name = name
        self.script = script
    }

    /// Reads all migrations of a folder, in order; files that do not end in `.sql` are passed over.
    package static func all(inFolder path: String) throws(PostgresError) -> [Migration] {
        guard let folder = opendir(path) else {
            throw PostgresError(.migration, "The folder \(path) cannot be read: \(String(cString: strerror(errno))).")
        }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name.hasSuffix(".sql"), !name.hasPrefix(".") { names.append(name) }
        }
        var migrations: [Migration] = []
        for name in names.sorted() {
            migrations.append(try Migration(name: name, script: contents(of: "\(path)/\(name)")))
        }
        return migrations
    }

    private static func contents(of path: String) throws(PostgresError) -> String {
        guard let file = fopen(path, "re") else {
            throw PostgresError(.migration, "\(path) cannot be read: \(String(cString: strerror(errno))).")
        }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 65_536)
        while case let count = fread(&block, 1, block.count, file), count > 0 { bytes += block[..<count] }
        guard ferror(file) == 0, let text = String(validating: bytes, as: UTF8.self) else {
            throw PostgresError(.migration, "\(path) cannot be read as UTF-8.")
        }
        return text
    }
}

private func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

private func isLowercase(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) }
