import Crypto
import JSON
import MCP

/// What a notification says: an address, and what arrives there.
///
/// It is a JSON object, for triggers write some of them (`announce_change` in the migrations): `to` and `say` of a letter;
/// `to`, `at` and `event` of an event of a log; `to`, `at` and `of`, the tenant, of one that is too long to be carried.
struct Postmark: Sendable {
    enum Content: Sendable {
        case letter(String)
        case event(position: Int, [UInt8])
        case reference(tenant: String, position: Int)
    }

    /// The channel of all notifications.
    static let channel = "workport_mail"
    /// PostgreSQL takes payloads below 8,000 bytes.
    private static let longestPayload = 7_900

    let address: String
    let content: Content

    static func letter(_ text: String, to address: String) -> Postmark {
        Postmark(address: address, content: .letter(text))
    }

    static func event(_ bytes: [UInt8], at position: Int, of address: Address) -> Postmark {
        let fits = bytes.count * 4 / 3 + address.name.utf8.count + 100 < longestPayload
        return Postmark(
            address: address.name,
            content: fits
                ? .event(position: position, bytes) : .reference(tenant: address.tenant, position: position)
        )
    }

    private init(address: String, content: Content) {
        self.address = address
        self.content = content
    }

    /// Reads a payload; `nil` if it is none of ours.
    init?(_ payload: String) {
        guard let root = (try? JSONDocument(text: payload))?.root, let address = root["to"]?.string else { return nil }
        if let text = root["say"]?.string {
            self.init(address: address, content: .letter(text))
        } else if let position = root["at"]?.integer {
            if let event = root["event"]?.string, let bytes = Base64URL.decode(event) {
                self.init(address: address, content: .event(position: Int(position), bytes))
            } else if let tenant = root["of"]?.string {
                self.init(address: address, content: .reference(tenant: tenant, position: Int(position)))
            } else {
                return nil
            }
        } else {
            return nil
        }
    }

    /// The payload; `nil` if it is too long to be sent, or has a character that PostgreSQL cannot hold.
    var payload: String? {
        var members = [JSONMember("to", .string(address))]
        switch content {
        case .letter(let text): members.append(JSONMember("say", .string(text)))
        case .event(let position, let bytes):
            members.append(JSONMember("at", .integer(Int64(position))))
            members.append(JSONMember("event", .string(Base64URL.encode(bytes))))
        case .reference(let tenant, let position):
            members.append(JSONMember("at", .integer(Int64(position))))
            members.append(JSONMember("of", .string(tenant)))
        }
        let text = RawJSON(.object(members)).text
        return text.utf8.count <= Self.longestPayload ? text : nil
    }
}
