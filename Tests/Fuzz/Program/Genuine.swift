import Crypto
import HTTP
import Identity

/// What only this process can have made: keys, a workspace, a token.
enum Genuine {
    static let seal = try! Seal(keys: [.random(id: 7), .random(id: 1)])
    static let pepper = TokenPepper(SecureRandom.bytes(32))!
    static let workspace = WorkspaceID(RowID(uuid: Hex.encode(SecureRandom.bytes(16)))!)
    static let token = AccessToken(for: workspace)
    static let credential = presented(token, workspace)
    static let otherCredential = presented(AccessToken(for: workspace), workspace)

    private static func presented(_ token: AccessToken, _ workspace: WorkspaceID) -> PresentedCredential {
        let request = HTTPRequest(method: .post, target: "/", headers: [.authorization: "Bearer \(token.text)"])
        return try! Authenticator(pepper: pepper).credential(in: request, for: workspace.text)
    }
}
