import JSON
import MCP

/// A message of the client, read from a line.
struct ClientLine {
    let message: Message
    /// The message as it came, and as it goes on.
    let bytes: [UInt8]

    /// Why a line is no message, and what to answer it under, if that could be read.
    struct Mistake: Error {
        let refusal: Refusal
        let id: MessageID?
    }

    /// Reads a line.
    ///
    /// What the endpoint would read otherwise is refused here, with its own reader: a name that stands twice, say.
    init(_ line: LineReader.Line, limit: Int) throws(Mistake) {
        guard case .text(let bytes) = line else {
            throw Mistake(ProtocolError(.contentTooLarge, "A message can have \(limit) bytes; this line has more"))
        }
        let root: JSONNode
        do throws(JSONError) {
            root = try JSONDocument(bytes, limits: JSONLimits(maxBytes: limit)).root
        } catch {
            throw Mistake(ProtocolError(error))
        }
        guard root.kind != .array else {
            throw Mistake(
                ProtocolError(.invalidRequest, "Batches are not taken; send each message on a line of its own"))
        }
        do throws(ProtocolError) {
            self.message = try Message(root)
        } catch {
            // An id is repeated where somebody may wait for it: not in the answer to an answer.
            let isCall = root["method"] != nil
            throw Mistake(error, id: isCall ? root["id"].flatMap(MessageID.init) : nil)
        }
        self.bytes = bytes
    }
}

extension ClientLine.Mistake {
    init(_ error: ProtocolError, id: MessageID? = nil) { self.init(refusal: Refusal(error), id: id) }
}

extension Message {
    /// The era to which a client's message belongs by its own mark.
    ///
    /// A mark that names a revision of the handshake era makes nothing stateless, as at the endpoint.
    var era: EraName {
        guard let mark = versionMark else { return .handshake }
        return mark.string.flatMap { Revision(rawValue: $0) }?.era ?? .stateless
    }
}

/// A message on one line: JSON has line ends only between its tokens, where a blank is as good.
func oneLine(_ message: [UInt8]) -> [UInt8] {
    guard message.contains(where: { $0 == 0x0A || $0 == 0x0D }) else { return message }
    return message.map { $0 == 0x0A || $0 == 0x0D ? 0x20 : $0 }
}
