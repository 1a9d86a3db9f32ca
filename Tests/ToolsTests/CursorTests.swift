import Crypto
import HTTP
import Identity
import JSON
import Postgres
import Testing
import Tools

@Suite("Cursors")
struct CursorTests {
    private let seal = try! Seal(keys: [SealKey.random(id: 1)])
    private let tool = CursorTests.listing("list")

    private static func listing(_ name: String) -> Tool {
        Tool(
            name: name, title: "", description: "", effects: .reading,
            parameters: [
                .limit(standard: 20), .cursor, Parameter("status", .text(maximum: 20), ""),
            ],
            output: ["type": "object"],
            body: .read { (_) throws(ToolError) in throw ToolError(.internalError, "Not called.") }
        )
    }

    private func credential(_ workspace: WorkspaceID, pepper: UInt8 = 1) throws -> PresentedCredential {
        var headers = HTTPHeaders()
        headers.append(.authorization, "Bearer " + AccessToken(for: workspace).text)
        let request = HTTPRequest(method: .post, target: "/", headers: headers, body: [], peer: "", arrival: .now)
        let authenticator = Authenticator(pepper: try #require(TokenPepper([UInt8](repeating: pepper, count: 32))))
        return try authenticator.credential(in: request, for: workspace.text)
    }

    private func call(_ arguments: String, of tool: Tool? = nil, from credential: PresentedCredential) throws
        -> ToolCall
    {
        try ToolCall(
            tool ?? self.tool, arguments: try JSONDocument(Array(arguments.utf8)).root, from: credential, seal: seal
        )
    }

    @Test("open for the same query, whatever the page's size")
    func opens() throws {
        let credential = try credential(WorkspaceID(RowID(uuid: String(repeating: "a", count: 32))!))
        let cursor = Cursor(["2026-11-20", "ä"]).sealed(
            for: try call(#"{"status":"open","limit":5}"#, from: credential))
        let next = try call(#"{"limit":50,"cursor":"\#(cursor)","status":"open"}"#, from: credential)
        #expect(try Cursor(of: next, width: 2)?.position == ["2026-11-20", "ä"])
    }

    @Test("are absent from a first page")
    func absent() throws {
        let credential = try credential(WorkspaceID(RowID(uuid: String(repeating: "a", count: 32))!))
        #expect(try Cursor(of: try call("{}", from: credential), width: 2) == nil)
    }

    @Test("do not open for anything else")
    func refused() throws {
        let workspace = WorkspaceID(RowID(uuid: String(repeating: "a", count: 32))!)
        let mine = try credential(workspace)
        let cursor = Cursor(["1", "2"]).sealed(for: try call(#"{"status":"open"}"#, from: mine))
        let arguments = #"{"status":"open","cursor":"\#(cursor)"}"#
        let forged = cursor.dropLast() + (cursor.last == "A" ? "Q" : "A")
        let elsewhere = WorkspaceID(RowID(uuid: String(repeating: "b", count: 32))!)
        let calls = [
            try call(#"{"status":"done","cursor":"\#(cursor)"}"#, from: mine),
            try call(#"{"cursor":"\#(cursor)"}"#, from: mine),
            try call(arguments, of: CursorTests.listing("other"), from: mine),
            try call(arguments, from: try credential(workspace)),
            try call(arguments, from: try credential(elsewhere)),
            try call(#"{"status":"open","cursor":"\#(forged)"}"#, from: mine),
            try call(#"{"status":"open","cursor":"garbage"}"#, from: mine),
        ]
        for call in calls {
            #expect(throws: ToolError.self) { try Cursor(of: call, width: 2) }
        }
        #expect(throws: ToolError.self) { try Cursor(of: try call(arguments, from: mine), width: 3) }
    }
}

@Suite("Pages")
struct ListPageTests {
    private func page(_ sizes: [Int], limit: Int) throws -> JSONNode {
        let rows = sizes.enumerated().map { index, size in
            ListPage.Row(item: Array("\"\(String(repeating: "x", count: size))\"".utf8), position: ["\(index)"])
        }
        let seal = try Seal(keys: [SealKey.random(id: 1)])
        var headers = HTTPHeaders()
        let workspace = WorkspaceID(RowID(uuid: String(repeating: "a", count: 32))!)
        headers.append(.authorization, "Bearer " + AccessToken(for: workspace).text)
        let request = HTTPRequest(method: .post, target: "/", headers: headers, body: [], peer: "", arrival: .now)
        let credential = try Authenticator(pepper: TokenPepper([UInt8](repeating: 1, count: 32))!)
            .credential(in: request, for: workspace.text)
        let tool = Tool(
            name: "list", title: "", description: "", effects: .reading, parameters: [.cursor],
            output: ["type": "object"],
            body: .read { (_) throws(ToolError) in throw ToolError(.internalError, "Not called.") }
        )
        let call = try ToolCall(tool, arguments: nil, from: credential, seal: seal)
        return try JSONDocument(ListPage(rows, limit: limit).answer(to: call).structured.bytes).root
    }

    @Test("without a row beyond the limit are the last")
    func last() throws {
        let answer = try page([1, 1, 1], limit: 3)
        #expect(answer["items"]?.count == 3)
        #expect(answer["next_cursor"] == nil)
        #expect(answer["truncated"] == nil)
    }

    @Test("with a row beyond the limit name the next one")
    func more() throws {
        let answer = try page([1, 1, 1, 1], limit: 3)
        #expect(answer["items"]?.count == 3)
        #expect(answer["next_cursor"]?.string != nil)
        #expect(answer["truncated"] == nil)
    }

    @Test("are cut between rows when they grow too large, and say so")
    func budget() throws {
        let answer = try page([20_000, 20_000, 20_000], limit: 3)
        #expect(answer["items"]?.count == 2)
        #expect(answer["truncated"]?.bool == true)
        #expect(answer["next_cursor"]?.string != nil)
    }

    @Test("hold at least one row, however large")
    func oneRow() throws {
        #expect(try page([100_000, 1], limit: 2)["items"]?.count == 1)
    }
}
