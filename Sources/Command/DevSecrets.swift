import Crypto
import JSON

/// What `workport dev` makes once and keeps in its data folder: secrets of the service, and the demo token.
struct DevSecrets {
    let pepper: String
    let sealKey: String
    /// The demo workspace's token, once there is one. Kept in clear, for this is a folder for trying things out.
    var token: String?
    var workspace: String?

    /// The secrets in a folder, or new ones.
    init(folder: String) throws(Failure) {
        let path = DevSecrets.path(folder)
        guard let bytes = Files.bytes(path) else {
            pepper = Hex.encode(SecureRandom.bytes(32))
            sealKey = Hex.encode(SecureRandom.bytes(32))
            try save(to: folder)
            return
        }
        guard let root = try? JSONDocument(bytes).root, let pepper = root["pepper"]?.string,
            let sealKey = root["seal_key"]?.string
        else { throw Failure("The file \(path) is broken. Move it away; a new token will be made.") }
        self.pepper = pepper
        self.sealKey = sealKey
        token = root["token"]?.string
        workspace = root["workspace"]?.string
    }

    func save(to folder: String) throws(Failure) {
        let value: JSONValue = [
            "pepper": .string(pepper), "seal_key": .string(sealKey), "token": token.map(JSONValue.string) ?? .null,
            "workspace": workspace.map(JSONValue.string) ?? .null,
        ]
        try Files.writePrivately(RawJSON(value).text + "\n", to: DevSecrets.path(folder))
    }

    private static func path(_ folder: String) -> String { folder + "/secrets.json" }
}
