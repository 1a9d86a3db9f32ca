import Catalog
import Foundation
import Identity
import JSON
import Postgres
import TestSupport
import Testing
import Tools

/// Clients that others wrote, in each way in which they connect.
@Suite("Real clients")
struct ClientTests {
    // MARK: The fixtures of the conformance suite

    @Test(
        "find all that the protocol has, on two nodes, by HTTP and through the bridge", arguments: RealClient.allCases,
        [false, true]
    )
    func fixtures(client: RealClient, isBridged: Bool) throws {
        let server = try FixtureServer()
        try ClientRun(client: client, url: server.url, isBridged: isBridged).check(FixtureSubject.all)
    }

    @Test("are told when the server stops", arguments: RealClient.allCases, [false, true])
    func stopping(client: RealClient, isBridged: Bool) throws {
        for mode in [ClientMode.handshake, .stateless] {
            let server = try FixtureServer(nodes: 1)
            try ClientRun(client: client, modes: [mode], url: server.url, isBridged: isBridged)
                .check(["stop": ["process": .integer(Int64(server.process))]])
            #expect(server.wait().status == 0)
        }
    }

    // MARK: The product

    @Test("find all that the product has, on data that was imported, with a token", arguments: RealClient.allCases)
    func product(client: RealClient) throws {
        #expect(Set(ProductSubject.calls.map(\.tool)) == Set(ProductSubject.tools), "Every tool is called")
        let bench = try Bench()
        let folder = try TestFolder()
        try ProductSubject.file.write(toFile: folder.path + "/tasks.csv", atomically: true, encoding: .utf8)
        let workspace = try workport(
            [
                "workspace", "create", "--name", "Harbour", "--country", "US", "--customer-comments", "on", "--factors",
                "2",
            ], bench
        )
        let id = try #require(workspace["id"]?.string)
        _ = try workport(["import", folder.path + "/tasks.csv", "--workspace", id], bench)
        let token = try workport(
            ["token", "create", "--workspace", id, "--name", "client", "--customer-comments", "on"], bench
        )
        let url = "http://127.0.0.1:\(bench.service.port)/app/api/mcp/server/\(id)"
        var run = ClientRun(client: client, url: url, token: token["token"]?.string)
        let switching: JSONValue = [
            "commands": .array(
                try ["off", "on"].map { state in
                    .array(
                        try [
                            ChildProgram.workport.path, "token", "update", "client", "--workspace", id,
                            "--customer-comments", state,
                        ].map { .string($0) }
                    )
                }
            ),
            "environment": .object(environment(bench).map { JSONMember($0.key, .string($0.value)) }),
        ]
        try run.check(ProductSubject.all(switching: switching))
        run.isBridged = true
        try run.check(ProductSubject.all(switching: switching))
        let stored = try bench.count("SELECT count(*) FROM comments WHERE body = \(ProductSubject.comment)")
        #expect(stored == 2 * run.modes.count, "One comment for each mode, by HTTP and through the bridge")
    }

    @Test("find the 63 tools of Workestra, and use each of them on demo data", arguments: RealClient.allCases)
    func workestra(client: RealClient) throws {
        #expect(WorkestraTools.names.count == 63)
        let bench = try Bench()
        let workspace = try DemoWorkspace.create(on: bench.database.connect(as: .owner)).text
        let token = try workport(
            [
                "token", "create", "--workspace", workspace, "--name", "client", "--profile", "workestra", "--acts-as",
                DemoWorkspace.memberEmail,
            ], bench
        )
        let url = "http://127.0.0.1:\(bench.service.port)/app/api/mcp/server/\(workspace)"
        let run = ClientRun(client: client, modes: [.handshake, .stateless], url: url, token: token["token"]?.string)
        try run.check(["workestra": ["names": .array(WorkestraTools.names.sorted().map { .string($0) })]])
    }

    /// Runs a command of the program on the bench's database and reads the JSON that it prints.
    private func workport(_ words: [String], _ bench: Bench) throws -> JSONValue {
        let outcome = try ChildProgram.run(ChildProgram.workport, words + ["--json"], environment: environment(bench))
        try #require(outcome.status == 0, "\(words): \(outcome.errors)\(outcome.output)")
        return try JSONDocument(text: outcome.output).root.value
    }

    private func environment(_ bench: Bench) -> [String: String] {
        TestService.secrets.merging(["WORKPORT_ADMIN_DATABASE_URL": bench.database.url(.owner)]) { $1 }
    }
}
