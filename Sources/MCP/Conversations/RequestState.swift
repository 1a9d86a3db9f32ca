import Crypto
import JSON

/// What a client of the stateless era brings back: the answers so far, sealed.
///
/// It works for the same caller, method, subject and arguments only, for ten minutes and ten rounds.
struct RequestState: Sendable {
    var round = 0
    var answers: [String: RawJSON] = [:]
    /// What tells this state from others, for effects that happen once.
    var nonce = ""
}

/// Seals and opens the states of one request.
struct RequestStateSeal: Sendable {
    let seal: Seal
    let context: [UInt8]
    let limits: MCPLimits
    let now: Int64

    /// - Parameters:
    ///   - method: The method of the request.
    ///   - texts: What the request is about: names and arguments.
    init(seal: Seal, method: String, about texts: [[UInt8]], binding: [UInt8], limits: MCPLimits, now: Int64) {
        self.seal = seal
        self.limits = limits
        self.now = now
        var subject: [UInt8] = []
        // With its length before each part, so that parts cannot be moved into each other.
        for text in [Array(method.utf8)] + texts { subject += Array("\(text.count):".utf8) + text }
        context = Array("mcp state\u{0}".utf8) + Digest.sha256(subject) + binding
    }

    /// The next state, as text; `nil` if a client cannot be asked again.
    func make(after state: RequestState, answers: [String: RawJSON]) -> String? {
        guard state.round < limits.roundCount else { return nil }
        let members: [JSONMember] = [
            JSONMember("e", .integer(now + limits.stateLifetime.microseconds)),
            JSONMember("n", .integer(Int64(state.round + 1))),
            JSONMember("r", .string(Base64URL.encode(SecureRandom.bytes(12)))),
            JSONMember("a", .object(answers.sorted { $0.key < $1.key }.map { JSONMember($0.key, .raw($0.value)) })),
        ]
        let text = seal.seal(RawJSON(.object(members)).bytes, context: context)
        return text.utf8.count <= 8192 ? text : nil
    }

    /// The state behind a text; one error for whatever is wrong with it.
    func open(_ text: String) throws(ProtocolError) -> RequestState {
        guard let plain = seal.open(text, context: context), let root = (try? JSONDocument(plain))?.root,
            let expiry = root["e"]?.integer, now < expiry, let round = root["n"]?.integer, let nonce = root["r"]?.string
        else {
            throw ProtocolError(.invalidParams, "This requestState is not valid here and now; start again without it")
        }
        var state = RequestState(round: Int(round), nonce: nonce)
        for (key, answer) in root["a"]?.members ?? [] { state.answers[key] = answer.raw }
        return state
    }
}
