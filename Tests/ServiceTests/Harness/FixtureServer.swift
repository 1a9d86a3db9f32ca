import Foundation

/// The program `ConformanceServer`, beside the tests: two nodes at one port, whose lists have many pages.
final class FixtureServer {
    let port: UInt16
    let url: String
    private let child: ChildProgram.Running

    /// Starts it on a free port and returns when it listens.
    init(nodes: Int = 2, pageSize: Int = 10) throws {
        child = try ChildProgram.start(
            ChildProgram.built("ConformanceServer"), ["0", String(nodes), String(pageSize)]
        )
        let line = child.firstLine()
        guard let address = line.split(separator: " ").last.map(String.init), let url = URL(string: address),
            let port = url.port.flatMap(UInt16.init)
        else { throw WireClient.Failure(description: "ConformanceServer said \(line) \(child.errorText)") }
        self.port = port
        self.url = address
    }

    deinit { child.terminate() }

    /// What ends it in good order when it is sent SIGTERM.
    var process: Int32 { child.id }

    /// Returns when it has ended.
    func wait() -> ChildProgram.Outcome { child.wait() }
}
