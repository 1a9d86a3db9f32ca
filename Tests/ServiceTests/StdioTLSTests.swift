import Foundation
import HTTP
import JSON
import TestSupport
import Testing

/// `workport stdio` before an endpoint that speaks TLS.
@Suite("The bridge for stdio, over TLS")
struct StdioTLSTests {
    private let endpoint: ScriptedEndpoint
    private let folder: TestFolder
    private let proxy: ChildProgram.Running
    private let port: String

    init() throws {
        endpoint = try ScriptedEndpoint()
        folder = try TestFolder()
        let script = ChildProgram.root.appending(path: "Tests/ServiceTests/python/tls_proxy.py")
        proxy = try ChildProgram.start(
            ChildProgram.python, [script.path, String(endpoint.port), folder.path], keepsInputOpen: true
        )
        port = proxy.firstLine()
    }

    private var authority: String { folder.path + "/authority.pem" }

    @Test("serves where the certificate is of an authority that it was told to trust")
    func trusted() throws {
        let bridge = try BridgeProcess("https://localhost:\(port)/mcp", ["--ca-file", authority])
        for id in 1...3 as ClosedRange<Int64> {
            try bridge.ask(id, "tools/call", ["name": "find"])
            let arrival = try endpoint.next()
            #expect(arrival.request.headers.all(.authorization) == ["Bearer \(BridgeProcess.token)"])
            arrival.result(["number": .integer(id)])
            #expect(try bridge.answer(to: id)["result"]?["number"] == .integer(id))
        }
    }

    @Test("sends nothing where nobody vouches for the certificate, or it is of another host")
    func untrusted() throws {
        for (host, arguments) in [("localhost", []), ("127.0.0.1", ["--ca-file", authority])] as [(String, [String])] {
            let bridge = try BridgeProcess("https://\(host):\(port)/mcp", arguments)
            try bridge.ask(1, "tools/list")
            let error = try bridge.answer(to: 1)["error"]
            #expect(error?["data"]?["code"] == "certificate_not_trusted", "\(error?.text ?? "")")
            #expect(error?["message"]?.string?.contains("--ca-file") == true)
            #expect(endpoint.waiting == 0)
        }
    }
}
