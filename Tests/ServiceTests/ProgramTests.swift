import Foundation
import JSON
import Postgres
import TestSupport
import Testing

/// The program itself, as an operator runs it.
@Suite("workport")
struct ProgramTests {
    private let database: TestDatabase
    private let environment: [String: String]

    init() throws {
        database = try TestDatabase.make()
        var environment = TestService.secrets
        environment["WORKPORT_DATABASE_URL"] = database.url(.application)
        environment["WORKPORT_ADMIN_DATABASE_URL"] = database.url(.owner)
        environment["WORKPORT_PORT"] = "0"
        environment["WORKPORT_WORKERS"] = "2"
        self.environment = environment
    }

    /// Runs a command that has to succeed and reads the JSON that it prints.
    private func workport(_ words: String...) throws -> JSONValue {
        let outcome = try run(words + ["--json"])
        try #require(outcome.status == 0, "\(words): \(outcome.errors)")
        return try JSONDocument(text: outcome.output).root.value
    }

    private func run(_ words: String...) throws -> ChildProgram.Outcome { try run(words) }

    private func run(_ words: [String]) throws -> ChildProgram.Outcome {
        try ChildProgram.run(ChildProgram.workport, words, environment: environment)
    }

    /// Starts the service and returns with its port once it listens.
    private func serve() throws -> (ChildProgram.Running, UInt16) {
        let child = try ChildProgram.start(ChildProgram.workport, ["serve"], environment: environment)
        let line = try wait(for: "Service started", of: child)
        return (child, UInt16(line["port"]?.integer ?? 0))
    }

    /// The log line with a message, as soon as it is there.
    @discardableResult
    private func wait(for message: String, of child: ChildProgram.Running) throws -> JSONValue {
        let start = ContinuousClock.now
        while ContinuousClock.now - start < .seconds(60) {
            let lines = child.errorText.split(separator: "\n").filter { $0.contains("\"\(message)\"") }
            if let line = lines.first { return try JSONDocument(text: String(line)).root.value }
            guard child.isRunning else { break }
        }
        throw WireClient.Failure(description: "No line \(message) in \(child.errorText)")
    }

    @Test("goes from an empty database to a served call, and from a revoked token to a refusal")
    func wholeWay() throws {
        #expect(try workport("migrate")["applied"]?.elements.isEmpty == false)
        #expect(try workport("migrate")["applied"] == [])
        let workspace = try workport("workspace", "create", "--name", "Harbour Works", "--customer-comments", "on")
        let id = try #require(workspace["id"]?.string)
        let token = try workport("token", "create", "--workspace", "harbour-works", "--name", "test")
        let (child, port) = try serve()
        let client = try Client(port: port, workspace: id, token: token["token"]?.string)
        #expect(try client.call("workspaceSummary").structured["workspace"]?["name"] == "Harbour Works")
        #expect(try client.toolNames().count == 5)
        _ = try workport("token", "update", "test", "--workspace", id, "--customer-comments", "on")
        try until("the tool is listed") { try client.toolNames().count == 6 }
        _ = try workport("workspace", "update", id, "--deny-tools", "getTaskDetails,listTaskComments")
        try until("two tools are not listed") { try client.toolNames().count == 4 }
        #expect(try workport("workspace", "update", id, "--weight", "3")["weight"] == 3)
        #expect(try client.toolNames().count == 4)
        let server = try workport(
            "server", "create", "--workspace", id, "--name", "Front desk", "--tools", "workspaceSummary,getTaskDetails",
            "--per-month", "2")
        #expect(server["handle"] == "front-desk" && server["calls_per_month"] == 2 && server["tokens"] == 0)
        _ = try workport("token", "update", "test", "--workspace", id, "--server", "front-desk")
        try until("the server's tools are listed alone") { try client.toolNames() == ["workspaceSummary"] }
        #expect(try client.call("workspaceSummary").answer["ratelimit-limit"] == "2")
        let changed = try workport(
            "server", "update", "front-desk", "--workspace", id, "--tools", "all", "--per-month", "none")
        #expect(changed["tools"] == .null && changed["calls_per_month"] == 0 && changed["tokens"] == 1)
        try until("the server lets all be listed") { try client.toolNames().count == 4 }
        #expect(try workport("server", "list", "--workspace", id).elements.map { $0["id"] } == [server["id"]])
        #expect(try workport("token", "list", "--workspace", id).elements.map { $0["server"] } == ["front-desk"])
        let words = ["server", "delete", "front-desk", "--workspace", id]
        let kept = try ChildProgram.run(ChildProgram.workport, words, environment: environment)
        #expect(kept.status == 1 && kept.errors.contains("--revoke-tokens"))
        _ = try workport("token", "update", "test", "--workspace", id, "--server", "none")
        #expect(try workport("server", "delete", "front-desk", "--workspace", id)["tokens_revoked"] == 0)
        _ = try workport("token", "revoke", "test", "--workspace", id)
        try until("the token is refused") { try client.ask("tools/list").json["reason"] == "revoked" }
        child.terminate()
        let outcome = child.wait()
        #expect(outcome.status == 0)
        let secret = try #require(token["token"]?.string)
        #expect(!outcome.errors.contains(secret.suffix(40)))
    }

    @Test("takes an assistant's request for a tool to an approval, and the next call has it")
    func access() throws {
        _ = try workport("migrate")
        let id = try #require(try workport("workspace", "create", "--name", "Harbour")["id"]?.string)
        _ = try workport("workspace", "create", "--name", "Other")
        let made = try workport(
            "token", "create", "--workspace", "harbour", "--name", "assistant", "--profile", "all", "--confirm", "none",
            "--permissions", "read_contacts")
        let (child, port) = try serve()
        let client = try Client(port: port, workspace: id, token: made["token"]?.string)
        #expect(try !client.toolNames().contains("create_contact"))
        let asked = try client.call(
            "request_access", ["tool": "create_contact", "reason": "To enter\u{1b}[2J whom I talk to."])
        let request = try #require(asked.item["id"]?.string)
        let refused = try client.call("request_access", ["permission": "delete_deals", "reason": "To tidy."])
        let second = try #require(refused.item["id"]?.string)

        let open = try workport("access", "list", "--workspace", "harbour").elements
        #expect(open.map { $0["id"]?.string } == [request, second])
        #expect(open[0]["wanted"] == "create_contact" && open[0]["name"] == "assistant")
        #expect(open[0]["reason"] == "To enter[2J whom I talk to." && open[0]["opens"] == ["create_contact"])
        #expect(try workport("access", "list", "--workspace", "other") == [])
        let table = try run("access", "list", "--workspace", "harbour")
        #expect(table.output.contains("“To enter[2J whom I talk to.”"), "\(table.output)")
        let foreign = try run("access", "approve", request, "--workspace", "other")
        #expect(foreign.status == 1 && foreign.errors.contains("has no request \(request)"), "\(foreign.errors)")

        let granted = try workport("access", "approve", request, "--workspace", "harbour")
        #expect(granted["status"] == "granted" && granted["credential"] == made["id"])
        #expect(granted["changes"]?["permissions"]?["to"] == ["read_contacts", "create_contacts"])
        #expect(try !client.call("create_contact", ["first_name": "Ana"]).isError)
        let twice = try run("access", "approve", request, "--workspace", "harbour")
        #expect(twice.status == 1 && twice.errors.contains("was granted already"), "\(twice.errors)")

        let silent = try run("access", "refuse", second, "--workspace", "harbour")
        #expect(silent.status == 2 && silent.errors.contains("--reason is needed"), "\(silent.errors)")
        _ = try workport("access", "refuse", second, "--workspace", "harbour", "--reason", "Sales does that.")
        let told = try client.call("whoami").structured["access_requests"]?.elements ?? []
        #expect(told.map { $0["status"] } == ["refused", "granted"] && told[0]["answer"] == "Sales does that.")
        #expect(try workport("access", "list", "--workspace", "harbour") == [])
        #expect(try workport("access", "list", "--workspace", "harbour", "--status", "all").elements.count == 2)
        #expect(try workport("audit", "verify", "--workspace", "harbour")["intact"] == true)
        child.terminate()
        #expect(child.wait().status == 0)
    }

    @Test("finishes the calls in flight when it is asked to end, and ends with code 0")
    func termination() throws {
        _ = try workport("migrate")
        let id = try #require(try workport("workspace", "create", "--name", "Harbour")["id"]?.string)
        let token = try workport("token", "create", "--workspace", "harbour", "--name", "test")["token"]?.string
        let (child, port) = try serve()
        let clients = try (0..<4).map { _ in try Client(port: port, workspace: id, token: token) }
        let idle = try Client(port: port, workspace: id, token: token)
        #expect(try idle.ask("tools/list").status == 200)
        let connection = try database.connect(as: .owner)
        try connection.execute(script: "BEGIN; LOCK TABLE tasks IN ACCESS EXCLUSIVE MODE")
        for client in clients { try client.wire.send(client.request("tools/call", ["name": "listWorkspaceTasks"])) }
        try Lock.wait(for: "tasks", in: BenchDatabase(database))
        child.terminate()
        try wait(for: "Service stopping", of: child)
        #expect(try idle.wire.isAtEnd(), "A connection without a call is closed")
        #expect(child.isRunning)
        try connection.execute(script: "COMMIT")
        for client in clients {
            let reply = ToolReply(try client.wire.answer())
            #expect(reply.answer.status == 200)
            #expect(reply.items == [])
        }
        #expect(child.wait().status == 0)
        let events = try database.connect(as: .superuser).query(
            "SELECT count(*) FROM audit_events WHERE action = 'tools/call'")
        #expect(events.int64(0, 0) == 4, "What waited to be written was written")
        #expect(throws: WireClient.Failure.self) { _ = try WireClient(port: port).exchange(idle.request("tools/list")) }
    }

    @Test("brings a file of customers and tasks in, and finds them")
    func importing() throws {
        _ = try workport("migrate")
        let id = try #require(try workport("workspace", "create", "--name", "Harbour", "--country", "US")["id"]?.string)
        let token = try workport("token", "create", "--workspace", "harbour", "--name", "test")["token"]?.string
        let folder = try TestFolder()
        let file = folder.path + "/tasks.csv"
        try #"""
        external_id,number,title,description,state,customer_external_id,customer_name,customer_phone,comment
        t-1,1042,Furnace repair,"The furnace makes a ""noise""",open,c-1,Elizabeth Stephenson,+1 (703) 597-4534,It is cold
        t-2,1043,Kitchen sink,,done,c-2,Rémi Lefèvre,202-555-0143,
        """#.write(toFile: file, atomically: true, encoding: .utf8)
        _ = try workport("import", file, "--workspace", id, "--kind", "task")
        let (child, port) = try serve()
        let client = try Client(port: port, workspace: id, token: token)
        for (query, number) in [("7035974534", 1042), ("remi", 1043), ("#1043", 1043), ("furnace noise", 1042)]
            as [(String, Int64)]
        {
            let found = try client.call("searchWorkspaceTasks", ["query": .string(query)]).items
            #expect(found.map { $0["number"]?.integer } == [number], "\(query)")
        }
        let comments = try client.call("listTaskComments", ["taskNumber": 1042]).items
        #expect(comments.map { $0["body"] } == ["It is cold"])
        child.terminate()
        #expect(child.wait().status == 0)
    }
}
