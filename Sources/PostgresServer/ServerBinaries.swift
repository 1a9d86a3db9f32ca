/// The folder with the server's programs.
struct ServerBinaries {
    let folder: String
    let majorVersion: Int

    /// The oldest server that this program can use, and the package that brings a newer one.
    private static let oldest = 14
    private static let advice = "Install PostgreSQL (apt install postgresql), or name the folder with its programs."

    var initdb: String { "\(folder)/initdb" }
    var basebackup: String { "\(folder)/pg_basebackup" }
    var postgres: String { "\(folder)/postgres" }

    /// Finds the programs.
    ///
    /// - Parameters:
    ///   - folder: Where the operator says they are; nil to look in the usual places.
    ///   - wanted: The major version that a folder of data needs; nil for the newest.
    static func find(in folder: String?, majorVersion wanted: Int?) throws(LocalClusterError) -> ServerBinaries {
        if let folder {
            guard let binaries = inspect(folder) else {
                throw LocalClusterError(
                    .missingBinaries, "There are no initdb and postgres that run in \(folder). \(advice)"
                )
            }
            try check(binaries, wanted)
            return binaries
        }
        let candidates = usualFolders().compactMap(inspect).sorted { $0.majorVersion > $1.majorVersion }
        guard let newest = candidates.first else {
            throw LocalClusterError(.missingBinaries, "PostgreSQL's initdb and postgres were not found. \(advice)")
        }
        let chosen = candidates.first { $0.majorVersion == wanted } ?? newest
        try check(chosen, wanted)
        return chosen
    }

    private static func check(_ binaries: ServerBinaries, _ wanted: Int?) throws(LocalClusterError) {
        if let wanted, wanted != binaries.majorVersion {
            throw LocalClusterError(
                .wrongVersion,
                """
                The data was made by PostgreSQL \(wanted), and version \(binaries.majorVersion) is installed. \
                Install version \(wanted) (apt install postgresql-\(wanted)), or upgrade the data with pg_upgrade.
                """
            )
        }
        guard binaries.majorVersion >= oldest else {
            throw LocalClusterError(
                .missingBinaries,
                "PostgreSQL \(binaries.majorVersion) is too old; version \(oldest) or later is needed. \(advice)"
            )
        }
    }

    private static func usualFolders() -> [String] {
        var folders: [String] = []
        if let folder = ChildProcess.firstLine(of: ["pg_config", "--bindir"]) { folders.append(folder) }
        let debian = "/usr/lib/postgresql"
        for version in (try? FileSystem.names(in: debian)) ?? [] { folders.append("\(debian)/\(version)/bin") }
        return folders + ["/usr/local/pgsql/bin"]
    }

    /// The programs in a folder, or nil if they are not there or do not run.
    private static func inspect(_ folder: String) -> ServerBinaries? {
        let postgres = "\(folder)/postgres"
        guard FileSystem.isExecutable("\(folder)/initdb"), FileSystem.isExecutable(postgres),
            // "postgres (PostgreSQL) 15.20 (Debian 15.20-0+deb12u1)"
            let line = ChildProcess.firstLine(of: [postgres, "--version"]),
            let version = line.split(separator: " ").dropFirst(2).first,
            let major = Int(version.prefix { $0.isNumber })
        else { return nil }
        return ServerBinaries(folder: folder, majorVersion: major)
    }
}
