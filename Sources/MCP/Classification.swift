import HTTP
import JSON

/// The first half of the ladder: from headers and body to an era.
///
/// Rules 1 and 2, where the request comes from and who sends it, are the program's; rule 3, the HTTP method, is
/// ``MCPServer/plan(_:binding:)``. Rules 12 to 18 belong to the stateless era. The order is part of the protocol: a
/// client that probes decides by which error it gets.
enum Classification {
    static let rungs = [
        Rung(4, "The body is JSON, and the client takes JSON or a stream", readBody),
        Rung(5, "An array is a batch of the handshake era", readBatch),
        Rung(6, "Anything else is one message", readMessage),
        Rung(7, "A posted response has no mark of the stateless era", refuseStatelessResponse),
        Rung(8, "A request with a mark of the stateless era belongs there", findStatelessRequest),
        Rung(9, "A notification goes by its own mark, then by the header", findNotification),
        Rung(10, "An initialize without a mark is a handshake", findHandshake),
        Rung(11, "Anything else is of the handshake era, at a version that we serve", requireServedVersion),
    ]

    @Sendable private static func readBody(_ reading: inout Reading) throws(ProtocolError) {
        guard reading.head.isJSON else { throw ProtocolError(.unsupportedMediaType) }
        guard let form = reading.head.form else { throw ProtocolError(.notAcceptable) }
        reading.form = form
        reading.canStream = reading.head.canStream
        guard reading.request.body.count <= reading.limits.bodyBytes else { throw ProtocolError(.contentTooLarge) }
        do throws(JSONError) {
            reading.root = try JSONDocument(reading.request.body, limits: reading.limits.json).root
        } catch {
            throw ProtocolError(error)
        }
    }

    @Sendable private static func readBatch(_ reading: inout Reading) throws(ProtocolError) {
        guard let elements = reading.root?.elements else { return }
        guard !elements.isEmpty else { throw ProtocolError(.invalidRequest, "A batch has at least one message") }
        guard elements.count <= reading.limits.batchCount else {
            throw ProtocolError(.invalidRequest, "A batch has at most \(reading.limits.batchCount) messages")
        }
        var messages: [Message] = []
        for element in elements { messages.append(try Message(element)) }
        guard !messages.contains(where: { $0.versionMark != nil }), !reading.head.version.marksStatelessEra else {
            throw ProtocolError(.invalidRequest, "The stateless era has no batches")
        }
        guard !messages.contains(where: { $0.method == "initialize" }) else {
            throw ProtocolError(.invalidRequest, "initialize cannot be part of a batch")
        }
        guard messages.allSatisfy(\.isResponse) || !messages.contains(where: \.isResponse) else {
            throw ProtocolError(.invalidRequest, "A batch has either calls or responses")
        }
        reading.batch = messages
        reading.era = .handshake
    }

    @Sendable private static func readMessage(_ reading: inout Reading) throws(ProtocolError) {
        guard reading.batch == nil, let root = reading.root else { return }
        reading.message = try Message(root)
    }

    @Sendable private static func refuseStatelessResponse(_ reading: inout Reading) throws(ProtocolError) {
        guard let message = reading.message, message.isResponse else { return }
        guard !reading.head.version.marksStatelessEra else {
            throw ProtocolError(.invalidRequest, "The stateless era has no posted responses")
        }
        reading.era = .handshake
    }

    @Sendable private static func findStatelessRequest(_ reading: inout Reading) {
        guard let message = reading.message, message.isRequest else { return }
        if let mark = message.versionMark {
            if !namesHandshake(mark, unless: reading.head.version) { reading.era = .stateless }
        } else if reading.head.version.marksStatelessEra {
            reading.era = .stateless
        }
    }

    @Sendable private static func findNotification(_ reading: inout Reading) {
        guard case .notification = reading.message else { return }
        let isStateless =
            if let mark = reading.message?.versionMark {
                !namesHandshake(mark, unless: .absent)
            } else {
                reading.head.version.marksStatelessEra
            }
        reading.era = isStateless ? .stateless : .handshake
    }

    @Sendable private static func findHandshake(_ reading: inout Reading) {
        guard reading.era == nil, reading.message?.method == "initialize" else { return }
        reading.era = .handshake
    }

    @Sendable private static func requireServedVersion(_ reading: inout Reading) throws(ProtocolError) {
        guard reading.era != .stateless else { return }
        reading.era = .handshake
        switch reading.head.version {
        case .absent: return
        case .repeated: throw ProtocolError(.headerMismatch, "MCP-Protocol-Version stands twice")
        case .value(let version):
            guard let revision = Revision(rawValue: version), revision.era == .handshake else {
                throw ProtocolError.unsupportedVersion(version, in: .handshake)
            }
            reading.revision = revision
        }
    }

    /// Whether a mark names a version of the handshake era that no header contradicts.
    private static func namesHandshake(_ mark: JSONNode, unless header: RoutingHeader) -> Bool {
        guard let version = mark.string, Revision(rawValue: version)?.era == .handshake else { return false }
        return header == .absent || header == .value(version)
    }
}
