import Catalog
import Foundation
import Identity
import JSON
import Postgres
import TestSupport
import Testing
import Tools

@Suite("The official Python client")
struct OfficialClientTests {
    /// What the file brings in.
    private static let file = #"""
        kind,external_id,number,title,state,priority,customer_external_id,customer_name,customer_phone,task_external_id,body,author
        task,t-1,1042,Furnace repair,open,high,c-1,Elizabeth Stephenson,+1 (703) 597-4534,,,
        task,t-2,1043,Gutter cleaning,done,low,c-2,Rémi Lefèvre,(202) 555-0143,,,
        task,t-3,1044,Boiler check,in_progress,urgent,c-1,,,,,
        comment,m-1,,,,,,,,t-1,"It makes a ""noise"" at night.",customer
        """#

    /// What each kind of client calls, where the answer is to be found, and what it is.
    private static let calls: [(tool: String, arguments: JSONValue, path: [String], expected: JSONValue)] = [
        ("workspaceSummary", ["since": "2026-01-01"], ["open", "total"], 2),
        ("listWorkspaceTasks", ["status": "done"], ["items", "0", "title"], "Gutter cleaning"),
        ("searchWorkspaceTasks", ["phone": "703-597-4534", "status": "open"], ["items", "0", "number"], 1042),
        ("searchWorkspaceTasks", ["query": "remi lefevre"], ["items", "0", "customer", "name"], "Rémi Lefèvre"),
        (
            "getTaskDetails", ["taskNumber": 1042, "include": ["comments"]], ["item", "customer", "phone"],
            "+1 (703) 597-4534"
        ),
        (
            "listTaskComments", ["taskNumber": 1042, "order": "asc"], ["items", "0", "body"],
            #"It makes a "noise" at night."#
        ),
        (
            "addCustomerComment",
            [
                "taskNumber": 1042, "comment": "It still makes a noise.",
                "verification": ["phone": "7035974534", "customerName": "Elizabeth"],
            ],
            ["item", "author_kind"], "customer"
        ),
        ("getTaskDetails", ["taskNumber": 1], ["error", "code"], "not_found"),
    ]

    @Test("lists and calls all tools in both eras, on data that was imported")
    func everything() throws {
        #expect(Set(Self.calls.map(\.tool)) == Set(Catalog.registry.names), "Every tool is called")
        let bench = try Bench()
        let folder = try TestFolder()
        try Self.file.write(toFile: folder.path + "/tasks.csv", atomically: true, encoding: .utf8)
        let workspace = try workport(
            [
                "workspace", "create", "--name", "Harbour", "--country", "US", "--customer-comments", "on", "--factors",
                "2",
            ], bench
        )
        let id = try #require(workspace["id"]?.string)
        _ = try workport(["import", folder.path + "/tasks.csv", "--workspace", id], bench)
        let token = try workport(
            ["token", "create", "--workspace", id, "--name", "official", "--customer-comments", "on"], bench
        )
        let script = ChildProgram.root.appending(path: "Tests/ServiceTests/python/official_client.py")
        let url = "http://127.0.0.1:\(bench.service.port)/app/api/mcp/server/\(id)"
        let input: JSONValue = .array(Self.calls.map { ["tool": .string($0.tool), "arguments": $0.arguments] })
        let outcome = try ChildProgram.run(
            ChildProgram.python, [script.path, url, token["token"]?.string ?? ""], input: Data(RawJSON(input).bytes)
        )
        try #require(outcome.status == 0, "\(outcome.errors.suffix(3000))")
        let answers = try JSONDocument(text: outcome.output).root.value
        for (mode, version) in [("legacy", "2025-11-25"), ("2026-07-28", "2026-07-28"), ("auto", "2026-07-28")] {
            try check(answers[mode] ?? .null, mode, version)
        }
        let stored = try bench.count("SELECT count(*) FROM comments WHERE body = 'It still makes a noise.'")
        #expect(stored == 3, "One comment for each kind of client")
    }

    private func check(_ answer: JSONValue, _ mode: String, _ version: String) throws {
        #expect(answer["version"]?.string == version)
        #expect(answer["tools"]?.elements.compactMap(\.string) == Catalog.registry.names)
        if mode != "2026-07-28" {
            // A client that is told the version does not ask the server for its name.
            #expect(answer["server"] == "workport")
            #expect(answer["instructions"]?.string?.contains("workspaceSummary") == true)
        }
        #expect(answer["answers"]?.elements.count == Self.calls.count)
        for (call, result) in zip(Self.calls, answer["answers"]?.elements ?? []) {
            let structured = result["structured"] ?? .null
            let value = call.path.reduce(structured) { value, step in
                (Int(step).map { value[$0] } ?? value[step]) ?? .null
            }
            #expect(value == call.expected, "\(mode) \(call.tool): \(structured.text)")
            #expect(result["isError"]?.bool == (call.path[0] == "error"))
        }
    }

    /// Runs a command of the program on the bench's database and reads the JSON that it prints.
    private func workport(_ words: [String], _ bench: Bench) throws -> JSONValue {
        var environment = TestService.secrets
        environment["WORKPORT_ADMIN_DATABASE_URL"] = bench.database.url(.owner)
        let outcome = try ChildProgram.run(ChildProgram.workport, words + ["--json"], environment: environment)
        try #require(outcome.status == 0, "\(words): \(outcome.errors)\(outcome.output)")
        return try JSONDocument(text: outcome.output).root.value
    }
}
