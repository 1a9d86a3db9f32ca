import HTTP
import JSON

extension Era {
    /// The era up to 2025-11-25: a client opens a session with `initialize` and presents it from then on.
    static func handshake(offering offer: Offer) -> Era<P> {
        Era(
            .handshake,
            offering: offer,
            methods: [
                .initialize, .ping, .listTools, .callTool, .listResources, .listTemplates, .readResource, .subscribe,
                .unsubscribe, .listPrompts, .getPrompt, .complete, .setLevel,
            ],
            rungs: HandshakeRungs.all,
            envelope: Envelope { result, writer in
                result.writeMembers(&writer)
                if !result.meta.isEmpty { writer.write("_meta", .object(result.meta)) }
            }
        )
    }
}

/// What a message of the handshake era passes between its classification and its method.
enum HandshakeRungs {
    static let all = [
        Rung(11, "An initialize opens a session, anything else presents one of ours", openSession),
        Rung(11, "A batch comes in a session of the only revision that has batches", requireBatches),
    ]

    /// Reads the session that a request presents, which every request but `initialize` must do.
    @Sendable static func openSession(_ reading: inout Reading) throws(ProtocolError) {
        let isHandshake = reading.message?.isRequest == true && reading.message?.method == "initialize"
        switch reading.head.session {
        case .absent where isHandshake: return
        case .absent: throw ProtocolError(.sessionMissing)
        case .repeated: throw ProtocolError(.headerMismatch, "Mcp-Session-Id stands more than once")
        case .value(let id):
            let (sessions, binding) = (reading.sessions, reading.binding)
            let found = reading.request.notes.note { SessionReading(id, binding: binding, sessions) }
            guard let session = found.session(bound: binding), sessions.isOpen(session) else {
                throw ProtocolError(.sessionUnknown)
            }
            reading.session = session
            reading.client = session.client
            // The handshake decides; a header that names another version of ours changes nothing.
            reading.revision = session.revision
            guard !isHandshake else { throw ProtocolError(.invalidRequest, "This session is initialized already") }
        }
    }

    @Sendable private static func requireBatches(_ reading: inout Reading) throws(ProtocolError) {
        guard reading.batch == nil || reading.revision == .march2025 else {
            throw ProtocolError(.invalidRequest, "Only revision 2025-03-26 has batches")
        }
    }
}
