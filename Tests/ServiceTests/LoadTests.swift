import JSON
import Postgres
import Telemetry
import TestSupport
import Testing

/// What one workspace's calls may take from the others. Calls hang on a lock that the test holds, so nothing depends on time.
@Suite("Under load")
struct LoadTests {
    /// Two workers, of which one tenant may hold one; four calls of a tenant may wait.
    private let bench: Bench
    private let a: TestWorkspace
    private let b: TestWorkspace

    init() throws {
        bench = try Bench(["workers": "2", "backlog": "8", "backlog-per-workspace": "4"])
        a = try bench.workspace("Alder")
        b = try bench.workspace("Bluebird")
    }

    /// A call that reads the table on which the tests hold a lock.
    private func slow(_ workspace: TestWorkspace) -> JSONValue {
        [
            "name": "getTaskDetails",
            "arguments": ["taskId": .string(workspace.tasks[0].id), "include": ["checklist"]],
        ]
    }

    @Test(
        "a workspace that floods the service is told to wait, and another one is served meanwhile",
        arguments: WireEra.both)
    func flood(era: WireEra) throws {
        let flooding = try bench.client(a, era: era)
        let other = try bench.client(b, era: era)
        _ = try flooding.call("workspaceSummary")
        _ = try other.call("workspaceSummary")
        let connection = try bench.database.connect(as: .owner)
        try connection.execute(script: "BEGIN; LOCK TABLE checklist_items IN ACCESS EXCLUSIVE MODE")
        try flooding.wire.send(flooding.request("tools/call", slow(a)))
        try Lock.wait(for: "checklist_items", in: bench)
        // One hangs; of nine more, four may wait. They come in one piece, so they are judged in order.
        try flooding.wire.send((0..<9).map { _ in flooding.request("tools/call", slow(a)) })
        for _ in 0..<20 { #expect(try other.call("searchWorkspaceTasks", ["query": "furnace"]).items.count == 1) }
        #expect(try Lock.count(of: "checklist_items", in: bench.database) == 1, "The flood holds one worker")
        try connection.execute(script: "COMMIT")
        let answers = try (0..<10).map { _ in try flooding.wire.answer() }
        #expect(answers.map(\.status) == [200, 200, 200, 200, 200, 503, 503, 503, 503, 503])
        for answer in answers.suffix(5) {
            #expect(answer["retry-after"] == "1")
            #expect(answer.json["error"] == "overloaded")
        }
        for answer in answers.prefix(5) { #expect(ToolReply(answer).item["checklist"]?.elements.count == 1) }
        #expect(try flooding.call("workspaceSummary").answer.status == 200, "The flood is over")
    }

    @Test("a full backlog is refused to everybody, and nothing that was refused ran")
    func fullBacklog() throws {
        let clients = try [a, b].map { try bench.client($0) }
        let connection = try bench.database.connect(as: .owner)
        // Both workers hang in the check of a comment, each on another workspace.
        try connection.execute(script: "BEGIN; LOCK TABLE comments IN ACCESS EXCLUSIVE MODE")
        func comment(_ workspace: TestWorkspace, _ text: String) -> JSONValue {
            [
                "name": "addCustomerComment",
                "arguments": ["taskId": .string(workspace.tasks[0].id), "comment": .string(text)],
            ]
        }
        for (client, workspace) in zip(clients, [a, b]) {
            try client.wire.send(client.request("tools/call", comment(workspace, "first")))
        }
        try Lock.wait(for: "comments", count: 2, in: bench)
        // Six may wait: four of A, and two of B, which has as many then as there is room left.
        for (client, workspace) in zip(clients, [a, b]) {
            try client.wire.send(
                (0..<4).map { client.request("tools/call", comment(workspace, "more \($0)")) })
            // The loop takes requests in order: when this is refused, those before it were judged.
            let probe = try bench.client(workspace)
            if workspace.name == b.name { #expect(try probe.ask("tools/list").status == 503) }
        }
        try connection.execute(script: "COMMIT")
        let statuses = try clients.map { client in try (0..<5).map { _ in try client.wire.answer().status } }
        #expect(statuses[0] == [200, 200, 200, 200, 200])
        #expect(statuses[1] == [200, 200, 200, 503, 503])
        #expect(try bench.count("SELECT count(*) FROM comments WHERE body LIKE 'more%'") == 6)
    }

    @Test(
        "a call that writes does not keep the workers from another workspace whose call came with it",
        arguments: [true, false]
    )
    func takenTogether(otherWritesToo: Bool) throws {
        let readers = try [bench.workspace("Cedar"), bench.workspace("Dogwood")]
        let locks = try ["checklist_items", "time_entries", "verification_lockouts"].map { table in
            let connection = try bench.database.connect(as: .owner)
            try connection.execute(script: "BEGIN; LOCK TABLE \(table) IN ACCESS EXCLUSIVE MODE")
            return connection
        }
        let clients = try (readers + [a, b]).map { try bench.client($0) }
        func send(_ index: Int, _ tool: String, _ name: String, _ value: JSONValue) throws {
            let workspace = (readers + [a, b])[index]
            var arguments: JSONValue = ["taskId": .string(workspace.tasks[0].id)]
            if tool == "addCustomerComment" { arguments = arguments.adding("comment", "Hello.") }
            arguments = arguments.adding(name, value)
            try clients[index].wire.send(
                clients[index].request("tools/call", ["name": .string(tool), "arguments": arguments])
            )
        }
        // Both workers hang, each on a lock of its own, while a call of A and one of B wait for them.
        try send(0, "getTaskDetails", "include", ["checklist"])
        try Lock.wait(for: "checklist_items", in: bench)
        try send(1, "getTaskDetails", "include", ["time"])
        try Lock.wait(for: "time_entries", in: bench)
        if !otherWritesToo {
            try send(3, "getTaskDetails", "include", [])
            try bench.settle()
        }
        try send(2, "addCustomerComment", "verification", ["customerName": "Elizabeth"])
        try bench.settle()
        if otherWritesToo {
            try send(3, "addCustomerComment", "verification", ["customerName": "Elizabeth"])
            try bench.settle()
        }
        // The first worker takes both and hangs in A's; whatever B wants now is for the second worker.
        try locks[0].execute(script: "COMMIT")
        try Lock.wait(for: "verification_lockouts", in: bench)
        try locks[1].execute(script: "COMMIT")
        if otherWritesToo {
            try Lock.wait(for: "verification_lockouts", count: 2, in: bench)
        } else {
            #expect(try !ToolReply(clients[3].wire.answer()).isError)
            for _ in 0..<3 { #expect(try clients[3].call("workspaceSummary").answer.status == 200) }
            #expect(try Lock.count(of: "verification_lockouts", in: bench.database) == 1, "A's call still hangs")
        }
        try locks[2].execute(script: "COMMIT")
        let waiting = otherWritesToo ? clients : Array(clients.prefix(3))
        for client in waiting { #expect(try !ToolReply(client.wire.answer()).isError) }
    }

    @Test("a call that takes too long is given up and told so, and the next one is served")
    func deadline() throws {
        let node = try bench.anotherNode(["call-timeout": "0.5"])
        let client = try node.client(a, bench.token(for: a))
        let connection = try bench.database.connect(as: .owner)
        try connection.execute(script: "BEGIN; LOCK TABLE checklist_items IN ACCESS EXCLUSIVE MODE")
        let answer = try client.wire.exchange(client.request("tools/call", slow(a), id: "late"))
        #expect(answer.json["id"] == "late")
        #expect(answer.json["result"]?["structuredContent"]?["error"]?["code"] == "timeout", "\(answer.text)")
        #expect(answer.json["result"]?["structuredContent"]?["error"]?["request_id"]?.string == answer["x-request-id"])
        try connection.execute(script: "COMMIT")
        #expect(try client.call("workspaceSummary").answer.status == 200)
    }

    @Test("a client that goes away leaves nothing behind")
    func abandoned() throws {
        let connection = try bench.database.connect(as: .owner)
        try connection.execute(script: "BEGIN; LOCK TABLE checklist_items IN ACCESS EXCLUSIVE MODE")
        for _ in 0..<3 {
            let client = try bench.client(a)
            try client.wire.send(client.request("tools/call", slow(a)))
            client.wire.close()
        }
        try Lock.wait(for: "checklist_items", in: bench)
        try connection.execute(script: "COMMIT")
        #expect(try bench.client(a).call("workspaceSummary").answer.status == 200)
    }

    @Test("a failure of the database is told without its words, and found in the log by the request's id")
    func failure() throws {
        let client = try bench.client(a)
        #expect(try client.call("listWorkspaceTasks").answer.status == 200)
        try bench.database.connect(as: .owner).execute(script: "ALTER TABLE tasks RENAME COLUMN title TO heading")
        let comment: JSONValue = ["taskId": .string(a.tasks[0].id), "comment": "Hello."]
        try bench.database.connect(as: .owner).execute(script: "ALTER TABLE comments RENAME COLUMN body TO words")
        for (tool, arguments) in [("listWorkspaceTasks", [:]), ("addCustomerComment", comment)] as [(String, JSONValue)]
        {
            let reply = try client.call(tool, arguments)
            let error = reply.structured["error"] ?? reply.answer.json["error"] ?? .null
            let facts = error["data"] ?? error
            #expect(facts["code"] == "internal", "\(reply.answer.text)")
            #expect(facts["request_id"]?.string == reply.answer["x-request-id"])
            for word in ["column", "title", "body", "SELECT", "42703", "Postgres"] {
                #expect(!error.text.contains(word), "\(error.text)")
            }
            bench.service.log.flush()
            let line = bench.service.lines.text.split(separator: "\n").first {
                $0.contains("Database failed a call") && $0.contains(reply.answer["x-request-id"] ?? "?")
            }
            #expect(line?.contains("42703") == true)
        }
        #expect(try client.ask("tools/list").status == 200)
    }
}
