/// Where the parts of a cluster are.
///
///     data/         what initdb made
///     data.new/     what initdb was making when it was interrupted
///     run/          the socket, when its path is short enough
///     server.log    what the server says
///     cluster.lock  held by the program that uses the cluster
struct ClusterLayout {
    let folder: String

    var data: String { "\(folder)/data" }
    var unfinishedData: String { "\(folder)/data.new" }
    var log: String { "\(folder)/server.log" }
    var oldLog: String { "\(folder)/server.log.1" }
    var lock: String { "\(folder)/cluster.lock" }
    var version: String { "\(data)/PG_VERSION" }
    var postmasterFile: String { "\(data)/postmaster.pid" }

    /// The names that this program puts into the folder.
    static let names: Set = ["data", "data.new", "run", "server.log", "server.log.1", "cluster.lock"]

    /// The name of the socket in its folder; the number means nothing, for there is no TCP.
    static let socketName = ".s.PGSQL.5432"

    /// The folder of the socket, whose path must fit into the 107 bytes of a socket address.
    var socketFolder: String {
        let own = "\(folder)/run"
        if own.utf8.count + 1 + Self.socketName.utf8.count <= 107 { return own }
        return "/tmp/workport-\(Self.hash(of: folder))"
    }

    /// Sixteen hexadecimal digits that stand for a path (FNV-1a).
    private static func hash(of path: String) -> String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in path.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    /// The last lines that the server wrote.
    func lastLogLines(_ count: Int = 8) -> String {
        let text = FileSystem.text(log, last: 4096) ?? ""
        return text.split(separator: "\n").suffix(count).joined(separator: "\n")
    }
}
