import Foundation
import Identity
import JSON
import Postgres
import TestSupport
import Testing

/// `workport stdio` before the real service.
@Suite("The bridge for stdio")
struct StdioTests {
    private let bench: Bench
    private let workspace: TestWorkspace

    init() throws {
        bench = try Bench.shared.get()
        workspace = try bench.workspace()
    }

    private func url(_ service: TestService? = nil) -> String {
        "http://127.0.0.1:\((service ?? bench.service).port)/app/api/mcp/server/\(workspace.id.text)"
    }

    private func bridge(_ arguments: String...) throws -> BridgeProcess {
        try BridgeProcess(url(), token: try bench.token(for: workspace), arguments)
    }

    @Test("lists and calls tools in both eras, and ends with its client", arguments: WireEra.both)
    func calls(era: WireEra) throws {
        let token = try bench.token(for: workspace)
        let bridge = try BridgeProcess(url(), token: token)
        let answer = try bridge.open(era)
        if case .handshake(let revision) = era {
            #expect(answer["result"]?["protocolVersion"] == .string(revision))
            #expect(answer["result"]?["serverInfo"]?["name"] == "workport")
        }
        #expect(try bridge.toolNames(1, era: era) == bench.client(workspace, era: era).toolNames())
        let task = workspace.tasks[0]
        let details = try bridge.call(2, "getTaskDetails", ["taskNumber": .integer(task.number)], era: era)
        #expect(details["result"]?["structuredContent"]?["item"]?["title"] == .string(task.title))
        let mistake = try bridge.call(3, "getTaskDetails", ["taskNumber": 1], era: era)
        #expect(mistake["result"]?["isError"] == true)
        let unknown = try bridge.call(4, "noSuchTool", era: era)
        #expect(unknown["error"]?["code"] == -32602)
        try bridge.closeInput()
        let outcome = try bridge.wait()
        #expect(outcome.status == 0)
        #expect(outcome.output == "", "Everything that was written has been asked for")
        for secret in [token, task.title, workspace.id.text, "getTaskDetails"] {
            #expect(!outcome.errors.contains(secret), "\(outcome.errors)")
        }
        if case .handshake = era {
            let ended = try bench.count(
                "SELECT count(*) FROM ended_sessions WHERE workspace_id = \(workspace.id.uuid)::uuid")
            #expect(ended == 1, "The session ends with the bridge")
        }
    }

    @Test("takes the token from a file, without its line end")
    func tokenFile() throws {
        let folder = try TestFolder()
        try (bench.token(for: workspace) + "\n").write(
            toFile: folder.path + "/token", atomically: true, encoding: .utf8)
        let bridge = try BridgeProcess(
            url(), token: nil, environment: ["WORKPORT_TOKEN_FILE": folder.path + "/token"]
        )
        #expect(try bridge.toolNames(1).isEmpty == false)
    }

    @Test("tells a client with a wrong token what is wrong and what to do, and stays", arguments: WireEra.both)
    func wrongToken(era: WireEra) throws {
        let token = try bench.token(for: workspace) { $0.name = "lost" }
        let bridge = try BridgeProcess(url(), token: token)
        try bridge.open(era)
        #expect(try bridge.toolNames(1, era: era).isEmpty == false)
        try bench.registry(of: workspace) { _ = try $0.revoke("lost") }
        for id in [2, 3] as [Int64] {
            let error = try bridge.call(id, "workspaceSummary", era: era)["error"]
            #expect(error?["data"]?["code"] == "unauthorized")
            #expect(error?["data"]?["status"] == 401)
            let message = error?["message"]?.string ?? ""
            #expect(message.contains("This token was revoked.") && message.contains("WORKPORT_TOKEN"), "\(message)")
        }
        try bridge.closeInput()
        #expect(try bridge.wait().status == 0)
    }

    @Test("shows and calls only tools that change nothing, if so asked", arguments: WireEra.both)
    func readOnly(era: WireEra) throws {
        let bridge = try bridge("--read-only")
        try bridge.open(era)
        let comment: JSONValue = ["taskId": .string(workspace.tasks[0].id), "comment": "Not to be stored"]
        let early = try bridge.call(1, "addCustomerComment", comment, era: era)
        let unknown = try bridge.call(2, "noSuchTool", era: era)
        for (answer, name) in [(early, "addCustomerComment"), (unknown, "noSuchTool")] {
            #expect(answer["error"]?["code"] == -32602)
            #expect(answer["error"]?["message"] == .string("There is no tool named \(name) here"))
        }
        #expect(try bench.client(workspace).toolNames().contains("addCustomerComment"))
        let names = try bridge.toolNames(3, era: era)
        #expect(names.count == 5 && !names.contains("addCustomerComment"))
        #expect(try bridge.call(4, "addCustomerComment", comment, era: era)["error"]?["code"] == -32602)
        #expect(try bridge.call(5, "workspaceSummary", era: era)["result"]?["isError"] == nil)
        #expect(try bench.count("SELECT count(*) FROM comments WHERE body = 'Not to be stored'") == 0)
    }

    @Test("shows and calls only the tools that were named", arguments: WireEra.both)
    func tools(era: WireEra) throws {
        let bridge = try bridge("--tools", "listTaskComments, workspaceSummary,noSuchTool")
        try bridge.open(era)
        #expect(try bridge.toolNames(1, era: era).sorted() == ["listTaskComments", "workspaceSummary"])
        #expect(try bridge.call(2, "getTaskDetails", era: era)["error"]?["code"] == -32602)
        #expect(try bridge.call(3, "noSuchTool", era: era)["error"]?["code"] == -32602)
        #expect(try bridge.call(4, "workspaceSummary", era: era)["result"]?["isError"] == nil)
    }

    @Test("answers what is no message, and goes on")
    func badInput() throws {
        let bridge = try BridgeProcess(
            url(), token: try bench.token(for: workspace), environment: ["WORKPORT_MAX_BODY_BYTES": "2000"]
        )
        for (line, code) in [
            ("no json", -32700), (#"[{"jsonrpc":"2.0","id":1,"method":"ping"}]"#, -32600), (#"{"id":1}"#, -32600),
            (String(repeating: "x", count: 100_000), -32600), ("\u{FEFF}{}", -32700),
        ] as [(String, Int64)] {
            try bridge.send(line)
            let answer = try bridge.next()
            #expect(answer["error"]?["code"] == .integer(code), "\(line.prefix(40))")
            #expect(answer["id"] == nil)
        }
        try bridge.send("")
        #expect(try bridge.toolNames(7).isEmpty == false)
    }

    @Test("lets a slow call hold up no other, cancels it, and ends after the last", arguments: WireEra.both)
    func concurrency(era: WireEra) throws {
        let bench = try Bench()
        let workspace = try bench.workspace()
        let url = "http://127.0.0.1:\(bench.service.port)/app/api/mcp/server/\(workspace.id.text)"
        let bridge = try BridgeProcess(url, token: try bench.token(for: workspace))
        try bridge.open(era)
        let connection = try bench.database.connect(as: .owner)
        try connection.execute(script: "BEGIN; LOCK TABLE tasks IN ACCESS EXCLUSIVE MODE")
        let list: JSONValue = ["name": "listWorkspaceTasks", "arguments": [:]]
        try bridge.ask(1, "tools/call", list, era: era)
        try Lock.wait(for: "tasks", in: bench)
        #expect(try bridge.toolNames(3, era: era).isEmpty == false)
        try bridge.tell("notifications/cancelled", ["requestId": 1])
        try Lock.waitUntilNobodyWaits(for: "tasks", in: bench)
        try bridge.ask(2, "tools/call", list, era: era)
        try Lock.wait(for: "tasks", in: bench)
        try bridge.closeInput()
        try bridge.waitForLog("Bridge ending")
        #expect(bridge.isRunning, "It waits for the call that is under way")
        try connection.execute(script: "COMMIT")
        let outcome = try bridge.wait()
        #expect(outcome.status == 0)
        #expect(outcome.output.split(separator: "\n").count == 1, "\(outcome.output) \(outcome.errors)")
        #expect(outcome.output.contains("\"id\":2,\"result\""), "\(outcome.output)")
    }

    @Test("finishes calls under way when it is asked to end")
    func termination() throws {
        let bench = try Bench()
        let workspace = try bench.workspace()
        let url = "http://127.0.0.1:\(bench.service.port)/app/api/mcp/server/\(workspace.id.text)"
        let bridge = try BridgeProcess(url, token: try bench.token(for: workspace))
        try bridge.open(.handshake("2025-11-25"))
        let connection = try bench.database.connect(as: .owner)
        try connection.execute(script: "BEGIN; LOCK TABLE tasks IN ACCESS EXCLUSIVE MODE")
        let list: JSONValue = ["name": "listWorkspaceTasks", "arguments": [:]]
        try bridge.ask(1, "tools/call", list, era: .handshake("2025-11-25"))
        try Lock.wait(for: "tasks", in: bench)
        bridge.terminate()
        try bridge.waitForLog("Bridge ending")
        try connection.execute(script: "COMMIT")
        let outcome = try bridge.wait()
        #expect(outcome.status == 0)
        #expect(outcome.output.contains("\"id\":1,\"result\""), "\(outcome.output)")
        #expect(try bench.count("SELECT count(*) FROM ended_sessions") == 1)
    }

    @Test("keeps its client's session over a restart of the service", arguments: WireEra.both)
    func restart(era: WireEra) throws {
        let first = try bench.anotherNode()
        let bridge = try BridgeProcess(url(first), token: try bench.token(for: workspace))
        try bridge.open(era)
        #expect(try bridge.toolNames(1, era: era).isEmpty == false)
        first.stop()
        // The call waits until there is somebody again.
        try bridge.ask(2, "tools/call", ["name": "workspaceSummary", "arguments": [:]], era: era)
        try bridge.waitForLog("Trying again")
        let second = try bench.anotherNode(["port": String(first.port)])
        #expect(try bridge.answer(to: 2)["result"]?["structuredContent"] != nil)
        second.stop()
        // A node that cannot read the old sessions: the handshake era has to begin anew.
        let third = try bench.anotherNode(
            ["port": String(first.port)], secrets: ["WORKPORT_SEAL_KEYS": "9:" + String(repeating: "d4", count: 32)]
        )
        let answer = try bridge.call(3, "workspaceSummary", era: era)
        #expect(answer["result"]?["structuredContent"] != nil, "\(answer.text)")
        if case .handshake = era { try bridge.waitForLog("Session opened again") }
        try bridge.closeInput()
        #expect(try bridge.wait().status == 0)
        third.stop()
    }

    @Test("says that nobody is there, and serves as soon as somebody is")
    func unreachable() throws {
        let node = try bench.anotherNode()
        node.stop()
        let bridge = try BridgeProcess(url(node), token: try bench.token(for: workspace), ["--retry-for", "0"])
        let error = try bridge.call(1, "workspaceSummary")["error"]
        #expect(error?["data"]?["code"] == "unreachable")
        #expect(error?["message"]?.string?.contains("Nothing was carried out") == true)
        let again = try bench.anotherNode(["port": String(node.port)])
        #expect(try bridge.call(2, "workspaceSummary")["result"] != nil)
        again.stop()
    }

    @Test(
        "does not start with settings that it cannot use, and says what it could",
        arguments: [
            ([], [:], 1, "WORKPORT_URL is not set"),
            (["https://127.0.0.1/x"], ["WORKPORT_TOKEN": ""], 1, "WORKPORT_TOKEN is not set (or WORKPORT_TOKEN_FILE)"),
            (["https://127.0.0.1/x"], ["WORKPORT_TOKEN": "", "WORKPORT_TOKEN_FILE": "/no/file"], 1, "cannot be read"),
            (["https://127.0.0.1/x"], ["WORKPORT_TOKEN": "Bearer secret-word"], 1, "without Bearer"),
            (
                ["https://127.0.0.1/x", "--token", "secret-word"], [:], 2,
                "set WORKPORT_TOKEN or WORKPORT_TOKEN_FILE instead"
            ),
            (["https://127.0.0.1/x", "--token=secret-word"], [:], 2, "list of processes"),
            (["http://example.com/x"], [:], 1, "in clear text"),
            (["example.com"], [:], 1, "is no address of an endpoint"),
            (["https://127.0.0.1/x", "https://127.0.0.1/y"], [:], 2, "takes one URL"),
            (["https://127.0.0.1/x", "--tools", ""], [:], 1, "--tools names no tool"),
            (["https://127.0.0.1/x", "--tools", "a b,c"], [:], 1, "no name of a tool"),
            (["https://127.0.0.1/x", "--ca-file", "/no/file"], [:], 1, "The file /no/file cannot be read"),
            (["https://127.0.0.1/x", "--retry-for", "x"], [:], 2, "whole number from 0 to 3600"),
            (["https://127.0.0.1/x", "--read-write"], [:], 2, "has no flag --read-write"),
        ] as [([String], [String: String], Int32, String)]
    )
    func refusals(arguments: [String], environment: [String: String], status: Int32, words: String) throws {
        let outcome = try ChildProgram.run(
            ChildProgram.workport, ["stdio"] + arguments,
            environment: ["WORKPORT_TOKEN": "mcp_test_token"].merging(environment) { $1 },
            input: Data("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}\n".utf8)
        )
        #expect(outcome.status == status)
        #expect(outcome.errors.contains(words), "\(outcome.errors)")
        #expect(!outcome.errors.contains("secret-word"))
        #expect(outcome.output == "")
    }
}
