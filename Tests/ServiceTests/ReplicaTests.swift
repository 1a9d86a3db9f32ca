import Identity
import JSON
import Postgres
import TestSupport
import Testing

@Suite("Reads on a replica", .serialized)
struct ReplicaTests {
    private let pair: ReplicatedBench
    private var bench: Bench { pair.bench }

    init() throws { pair = try ReplicatedBench.shared.get() }

    private static let reads: [(tool: String, arguments: JSONValue)] = [
        ("listWorkspaceTasks", [:]), ("searchWorkspaceTasks", ["query": "Juniper"]), ("workspaceSummary", [:]),
    ]

    private func comment(_ text: String, on task: TestWorkspace.Task, _ client: Client) throws {
        let reply = try client.call("addCustomerComment", ["taskId": .string(task.id), "comment": .string(text)])
        #expect(!reply.isError, "\(reply.answer.text)")
    }

    private func comments(on task: TestWorkspace.Task, _ client: Client) throws -> [String] {
        try client.call("listTaskComments", ["taskId": .string(task.id)]).items.compactMap { $0["body"]?.string }
    }

    @Test("are the same as on the primary")
    func same() throws {
        let workspace = try bench.workspace("Juniper")
        let token = try bench.token(for: workspace)
        let node = try pair.node()
        defer { node.stop() }
        let (here, there) = (try bench.service.client(workspace, token), try node.client(workspace, token))
        let task: JSONValue = ["taskId": .string(workspace.tasks[0].id)]
        for (tool, arguments) in Self.reads + [("getTaskDetails", task), ("listTaskComments", task)] {
            let answer = try there.call(tool, arguments)
            #expect(!answer.isError, "\(answer.answer.text)")
            // What a summary calls recent goes by the moment.
            let expected = try here.call(tool, arguments).structured.unfenced.adding("recent", .null)
            #expect(answer.structured.unfenced.adding("recent", .null) == expected, "\(tool)")
        }
        #expect(try node.served() >= 5)
        #expect(try node.count(#"replica_reads_total{outcome="failed"}"#) == 0)
        #expect(node.logged.contains("Replica answers reads"))
    }

    @Test("see at once what was written before them, through whatever node")
    func writes() throws {
        let workspace = try bench.workspace("Laurel")
        let token = try bench.token(for: workspace)
        let nodes = [try pair.node(), try pair.node()]
        defer { for node in nodes { node.stop() } }
        let clients = try nodes.map { try $0.client(workspace, token) } + [try bench.service.client(workspace, token)]
        let before = try nodes.map { try $0.served() }.reduce(0, +)
        for number in 0..<30 {
            let text = "Laurel note \(number)"
            try comment(text, on: workspace.tasks[0], clients[number % 3])
            #expect(try comments(on: workspace.tasks[0], clients[0]).contains(text))
            #expect(try comments(on: workspace.tasks[0], clients[1]).contains(text))
        }
        #expect(try nodes.map { try $0.served() }.reduce(0, +) > before)
    }

    @Test("see it also when the replica does not get there, and go back when it does")
    func lag() throws {
        let workspace = try bench.workspace("Myrtle")
        let token = try bench.token(for: workspace)
        let node = try pair.node()
        defer { node.stop() }
        let client = try node.client(workspace, token)
        try pair.pause()
        defer { try? pair.resume() }
        let before = try node.behind()
        try comment("Myrtle under pause", on: workspace.tasks[0], client)
        #expect(try comments(on: workspace.tasks[0], client).contains("Myrtle under pause"))
        let stored = try pair.connectToStandby().query(
            "SELECT count(*) FROM comments WHERE body = 'Myrtle under pause'"
        )
        #expect(stored.int64(0, 0) == 0, "The replica does not have it")
        // Whether the read or the look saw it first.
        try until("the replica is left out") { try node.count("replicas_used") == 0 }
        #expect(node.logged.contains("Replica left out"))
        #expect(try node.behind() <= before + 1, "One that lags is not asked again and again")
        try pair.resume()
        try pair.untilUsed(node)
        let served = try node.served()
        try until("the replica answers") {
            #expect(try comments(on: workspace.tasks[0], client).contains("Myrtle under pause"))
            return try node.served() > served
        }
    }

    @Test("open nothing to a token that was revoked, also when the replica has not heard of it")
    func revocation() throws {
        let workspace = try bench.workspace("Nettle")
        let token = try bench.token(for: workspace)
        let node = try pair.node()
        defer { node.stop() }
        let client = try node.client(workspace, token)
        #expect(!(try client.call("listWorkspaceTasks")).isError)
        try pair.pause()
        defer { try? pair.resume() }
        try bench.database.connect(as: .superuser).execute(
            script: "UPDATE credentials SET revoked_at = now() WHERE workspace_id = '\(workspace.id.uuid)'"
        )
        let known = try pair.connectToStandby().query(
            "SELECT count(*) FROM credentials WHERE workspace_id = \(workspace.id.uuid)::uuid AND revoked_at IS NULL"
        )
        #expect(known.int64(0, 0) == 1, "The replica still takes it for good")
        #expect(try client.call("listWorkspaceTasks").answer.status == 401)
        try pair.resume()
        try pair.untilUsed(node)
        #expect(try client.call("listWorkspaceTasks").answer.status == 401, "The replica refuses it by itself")
    }

    @Test("keep two workspaces apart")
    func isolation() throws {
        let (one, other) = (try bench.workspace("Oleander"), try bench.workspace("Privet"))
        let node = try pair.node()
        defer { node.stop() }
        let served = try node.served()
        for (own, foreign) in [(one, other), (other, one)] {
            let client = try node.client(own, try bench.token(for: own))
            for (tool, arguments) in Self.reads {
                let text = try client.call(tool, arguments).answer.text
                #expect(!text.contains(foreign.name), "\(tool): \(text)")
            }
            let names = try client.call("listWorkspaceTasks").answer.text
            #expect(names.contains(own.name))
            let stranger = try client.call("getTaskDetails", ["taskId": .string(foreign.tasks[0].id)])
            #expect(stranger.code == "not_found")
        }
        #expect(try node.served() > served)
        // What the policies show there to the role that the service has.
        let application = try pair.connectToStandby(as: TestCluster.application)
        #expect(try application.query("SELECT count(*) FROM tasks").int64(0, 0) == 0)
    }

    @Test("see nothing on a replica that is not where the read has to be")
    func behind() throws {
        let workspace = try bench.workspace("Quince")
        let application = try pair.connectToStandby(as: TestCluster.application)
        try application.execute(script: "BEGIN")
        _ = try application.query("SELECT set_config('workport.workspace_id', \(workspace.id.uuid), true)")
        let rows = try application.query(
            """
            SELECT verdict, credential_id
            FROM authenticate_at('FFFFFFFF/0'::pg_lsn, \(workspace.id.uuid)::uuid, '\\x00'::bytea, NULL)
            """
        )
        #expect(rows.string(0, 0) == "behind")
        #expect(try application.query("SELECT count(*) FROM tasks").int64(0, 0) == 0)
        try application.execute(script: "ROLLBACK")
    }

    @Test("find new words of the search, whether replica or primary answers, in turn")
    func search() throws {
        let workspace = try bench.workspace("Rowan")
        let token = try bench.token(for: workspace)
        let node = try pair.node()
        defer { node.stop() }
        let writer = try bench.service.client(workspace, token)
        let reader = try node.client(workspace, token)
        func found(_ words: String) throws -> [Int64] {
            try reader.call("searchWorkspaceTasks", ["query": .string(words)]).items.compactMap {
                $0["number"]?.integer
            }
        }
        let numbers = workspace.tasks.map(\.number)
        // The dictionary is read on the replica before the words are born.
        let served = try node.served()
        #expect(try found("sprocketwheel") == [])
        #expect(try node.served() > served)
        try comment("The sprocketwheel rattles.", on: workspace.tasks[0], writer)
        #expect(try found("sprocketwheal") == [numbers[0]])
        try pair.pause()
        defer { try? pair.resume() }
        try comment("A flangecoupling leaks.", on: workspace.tasks[1], writer)
        #expect(try found("flangecouplin") == [numbers[1]])
        #expect(try found("sprocketwheal") == [numbers[0]])
        try pair.resume()
        try pair.untilUsed(node)
        let again = try node.served()
        // The dictionary knows words of the primary's that are later than what the replica had then.
        try comment("The thermocoupler is cold.", on: workspace.tasks[2], writer)
        try until("the replica answers") {
            #expect(try found("thermocouplr") == [numbers[2]])
            #expect(try found("flangecouplin") == [numbers[1]])
            #expect(try found("sprocketwheal") == [numbers[0]])
            return try node.served() > again
        }
    }
}
