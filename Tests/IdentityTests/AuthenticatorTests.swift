import HTTP
import Identity
import Testing

@Suite("Credentials in requests")
struct AuthenticatorTests {
    private let workspace = WorkspaceID(RowID(uuid: "0199d3c0a1b27c3d8e4f0123456789ab")!)
    private let other = WorkspaceID(RowID(uuid: "0199d3c0a1b27c3d8e4f0123456789ff")!)
    private let authenticator = Authenticator(pepper: TokenPepper([UInt8](repeating: 7, count: 32))!)

    private func refusal(_ fields: [String], at path: String? = nil) -> IdentityError.Reason? {
        var headers = HTTPHeaders()
        for field in fields { headers.append(.authorization, field) }
        let request = HTTPRequest(
            method: .post, target: "/", headers: headers, body: [], peer: "127.0.0.1", arrival: .now
        )
        do throws(IdentityError) {
            _ = try authenticator.credential(in: request, for: path ?? workspace.text)
            return nil
        } catch {
            return error.reason
        }
    }

    @Test("are taken from the Authorization header, the scheme in any case")
    func accepted() {
        let token = AccessToken(for: workspace).text
        #expect(refusal(["Bearer " + token]) == nil)
        #expect(refusal(["bearer " + token]) == nil)
        #expect(refusal(["BEARER   " + token]) == nil)
    }

    @Test("are refused apart by what is wrong with their form")
    func refused() {
        let token = AccessToken(for: workspace)
        #expect(refusal([]) == .missing)
        #expect(refusal(["Basic " + token.text]) == .notBearer)
        #expect(refusal([token.text]) == .notBearer)
        #expect(refusal([""]) == .malformedHeader)
        #expect(refusal(["Bearer"]) == .malformedHeader)
        #expect(refusal(["Bearer " + token.text + " more"]) == .malformedHeader)
        #expect(refusal(["Bearer \"" + token.text + "\""]) == .malformedHeader)
        #expect(refusal(["Bearer " + token.text, "Bearer " + token.text]) == .malformedHeader)
        #expect(refusal(["Bearer " + token.text + "x"]) == .malformed)
        #expect(refusal(["Bearer eyJhbGciOi.eyJzdWIiOi.c2ln=="]) == .malformed)
        #expect(refusal(["Bearer " + token.preview]) == .preview)
    }

    @Test("of another workspace are refused alike, whatever stands in the path")
    func otherWorkspace() {
        let field = ["Bearer " + AccessToken(for: workspace).text]
        #expect(refusal(field, at: other.text) == .otherWorkspace)
        #expect(refusal(field, at: "wsp_") == .otherWorkspace)
        #expect(refusal(field, at: "' OR 1=1 --") == .otherWorkspace)
    }

    @Test("that were refused get a challenge and a reason", arguments: IdentityError.Reason.allCases)
    func response(reason: IdentityError.Reason) {
        let resource = ProtectedResource(origin: "https://mcp.example.com", path: "/app/api/mcp/server/wsp_1")
        let response = IdentityError(reason).response(about: resource)
        #expect(response.status == (reason == .malformedHeader ? .badRequest : .unauthorized))
        let challenge = response.headers.first(.wwwAuthenticate) ?? ""
        let start = """
            Bearer resource_metadata="https://mcp.example.com/.well-known/oauth-protected-resource\
            /app/api/mcp/server/wsp_1"
            """
        switch reason {
        case .missing, .notBearer: #expect(challenge == start)
        case .malformedHeader: #expect(challenge.hasPrefix(start + ", error=\"invalid_request\", error_description=\""))
        default: #expect(challenge.hasPrefix(start + ", error=\"invalid_token\", error_description=\""))
        }
        #expect(challenge.utf8.allSatisfy { $0 < 128 })
        #expect(response.headers.all(.wwwAuthenticate).count == 1)
        #expect(String(decoding: response.body, as: UTF8.self).contains("\"reason\":\"\(reason.rawValue)\""))
    }

    @Test("are asked for by the realm alone where nobody knows the public origin")
    func realm() {
        let response = IdentityError(.missing).response(about: nil)
        #expect(response.headers.first(.wwwAuthenticate) == "Bearer realm=\"workport\"")
    }
}
