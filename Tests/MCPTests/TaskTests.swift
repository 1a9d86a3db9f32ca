import HTTP
import JSON
import MCP
import Testing

@Suite("A task")
struct TaskTests {
    private static let able = #"{"elicitation":{},"extensions":{"io.modelcontextprotocol/tasks":{}}}"#
    private let nodes: TwoNodes

    init() throws { nodes = try TwoNodes() }

    private func start(_ tool: String = "job") throws -> JSONNode {
        let request = nodes.stateless("tools/call", #""name":"\#(tool)""#, name: tool, capabilities: Self.able)
        return try #require(nodes.first.answer(request).message?["result"])
    }

    private func send(_ method: String, _ id: String, _ params: String = "", able: String = TaskTests.able)
        -> HTTPResponse
    {
        let rest = params.isEmpty ? "" : "," + params
        return nodes.second.answer(
            nodes.stateless(method, #""taskId":"\#(id)"\#(rest)"#, name: id, capabilities: able)
        )
    }

    /// Looks after a task until it stands in a way; whoever changes it tells, so a letter is waited for, not time.
    private func task(_ id: String, is status: String) throws -> JSONNode {
        for _ in 0..<100_000 {
            let task = try #require(send("tasks/get", id).message?["result"])
            if task["status"]?.string == status { return task }
        }
        throw Missing(status: status)
    }

    private struct Missing: Error { let status: String }

    @Test("is there before it is told of, asks, and ends with the result of its tool")
    func life() throws {
        let created = try start()
        #expect(created["resultType"]?.string == "task")
        #expect(created["ttlMs"]?.integer == 3_600_000)
        for name in ["task", "result", "error", "inputRequests", "requestState", "ttl", "pollInterval"] {
            #expect(created[name] == nil)
        }
        let id = try #require(created["taskId"]?.string)
        let asking = try task(id, is: "input_required")
        #expect(asking["resultType"]?.string == "complete")
        #expect(asking["inputRequests"]?["name"]?["method"]?.string == "elicitation/create")
        let wrong = #""inputResponses":{"other":{"action":"accept"}}"#
        #expect(send("tasks/update", id, wrong).message?["result"]?["resultType"]?.string == "complete")
        _ = try task(id, is: "input_required")
        let right = #""inputResponses":{"name":{"action":"accept","content":{"name":"Ann"}}}"#
        #expect(send("tasks/update", id, right).status == .ok)
        let done = try task(id, is: "completed")
        #expect(done["result"]?["content"]?[0]?["text"]?.string == "Done by Ann")
        #expect(done["inputRequests"] == nil)
        // What has ended is acknowledged and stays as it is.
        #expect(send("tasks/cancel", id).message?["result"]?["resultType"]?.string == "complete")
        #expect(try task(id, is: "completed")["result"] != nil)
    }

    @Test("takes answers one by one, asks again for what does not fit, and uses no key twice")
    func keys() throws {
        let id = try #require(try start("jobWithTwo")["taskId"]?.string)
        var seen: Set<String> = []
        /// The keys that are open once none of those that were answered is.
        func open(after answered: Set<String>) throws -> Set<String> {
            for _ in 0..<100_000 {
                let task = try task(id, is: "input_required")
                let keys = Set((task["inputRequests"]?.members ?? []).map(\.name))
                if keys.isDisjoint(with: answered) { return keys }
            }
            throw Missing(status: "other questions")
        }
        func answer(_ key: String, _ content: String) {
            let answers = #""inputResponses":{"\#(key)":{"action":"accept","content":\#(content)}}"#
            #expect(send("tasks/update", id, answers).message?["result"]?["resultType"]?.string == "complete")
        }
        #expect(try open(after: seen) == ["name", "color"])
        answer("name", #"{"name":"Ann"}"#)
        #expect(try open(after: ["name"]) == ["color"])
        // An answer that was given is not changed by another one.
        answer("name", #"{"name":"Eve"}"#)
        answer("color", #"{"color":7}"#)
        seen = ["name", "color"]
        let second = try open(after: seen)
        #expect(second.count == 1)
        answer(try #require(second.first), #"{"color":"blue"}"#)
        seen.formUnion(second)
        let third = try open(after: seen)
        #expect(third.count == 1)
        answer(try #require(third.first), #"{"name":"Bea"}"#)
        #expect(try task(id, is: "completed")["result"]?["content"]?[0]?["text"]?.string == "Ann, blue, Bea")
    }

    @Test("can be stopped, and tells those who listen")
    func cancellation() throws {
        let id = try #require(try start()["taskId"]?.string)
        _ = try task(id, is: "input_required")
        let filter = #""notifications":{"taskIds":["\#(id)","task_unknown"]}"#
        let channel = nodes.second.begin(nodes.stateless("subscriptions/listen", filter, capabilities: Self.able))
        #expect(channel.wait { !$0.events.isEmpty })
        let acknowledged = channel.events.first?.message?["params"]?["notifications"]?["taskIds"]
        #expect(acknowledged?.elements?.map(\.string) == [id])
        #expect(send("tasks/cancel", id).status == .ok)
        #expect(channel.wait { $0.events.contains { $0.message?["params"]?["status"]?.string == "cancelled" } })
        _ = try task(id, is: "cancelled")
    }

    @Test("is unknown to others, and to clients that do not know tasks")
    func ownership() throws {
        let id = try #require(try start()["taskId"]?.string)
        let code = { (response: HTTPResponse) in response.message?["error"]?["code"]?.integer }
        for method in ["tasks/get", "tasks/cancel"] {
            #expect(code(send(method, "task_unknown")) == -32602)
            let undeclared = send(method, id, able: "{}")
            #expect(undeclared.status == .badRequest)
            #expect(code(undeclared) == -32021)
        }
        #expect(code(send("tasks/update", id)) == -32602)
        nodes.second.caller = "bob"
        #expect(code(send("tasks/get", id)) == -32602)
        #expect(code(send("tasks/update", id, #""inputResponses":{}"#)) == -32602)
        #expect(code(send("tasks/cancel", id)) == -32602)
        nodes.second.caller = "ann"
        #expect(send("tasks/cancel", id).status == .ok)
    }

    @Test("is refused to a client that has not declared tasks on the call")
    func required() throws {
        let response = nodes.first.answer(nodes.stateless("tools/call", #""name":"job""#, name: "job"))
        #expect(response.status == .badRequest)
        let error = response.message?["error"]
        #expect(error?["code"]?.integer == -32021)
        #expect(error?["data"]?["requiredCapabilities"]?["extensions"]?["io.modelcontextprotocol/tasks"] != nil)
    }
}
