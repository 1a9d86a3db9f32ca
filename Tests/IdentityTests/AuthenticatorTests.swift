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
        #expect(refusal([""]) == .malformed)
        #expect(refusal(["Basic " + token.text]) == .malformed)
        #expect(refusal([token.text]) == .malformed)
        #expect(refusal(["Bearer"]) == .malformed)
        #expect(refusal(["Bearer " + token.text + " more"]) == .malformed)
        #expect(refusal(["Bearer " + token.text, "Bearer " + token.text]) == .malformed)
        #expect(refusal(["Bearer " + token.preview]) == .preview)
    }

    @Test("of another workspace are refused alike, whatever stands in the path")
    func otherWorkspace() {
        let field = ["Bearer " + AccessToken(for: workspace).text]
        #expect(refusal(field, at: other.text) == .otherWorkspace)
        #expect(refusal(field, at: "wsp_") == .otherWorkspace)
        #expect(refusal(field, at: "' OR 1=1 --") == .otherWorkspace)
    }

    @Test("that were refused get 401 with a challenge and a reason", arguments: IdentityError.Reason.allCases)
    func response(reason: IdentityError.Reason) {
        let response = IdentityError(reason).response
        #expect(response.status == .unauthorized)
        let challenge = response.headers.first(.wwwAuthenticate) ?? ""
        #expect(challenge.hasPrefix("Bearer "))
        #expect(challenge.utf8.allSatisfy { $0 < 128 })
        #expect(challenge.contains("invalid_token") == (reason != .missing))
        #expect(String(decoding: response.body, as: UTF8.self).contains("\"reason\":\"\(reason.rawValue)\""))
    }
}
