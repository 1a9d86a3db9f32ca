import HTTP
import JSON

extension Method {
    /// Opens a session: agrees on a revision, and remembers the client in the session's id.
    static var initialize: Method<P> {
        Method("initialize") { call throws(ProtocolError) in
            guard let requested = call.params?["protocolVersion"]?.string else {
                throw ProtocolError(.invalidParams, "protocolVersion must be a string")
            }
            guard let capabilities = call.params?["capabilities"], capabilities.kind == .object else {
                throw ProtocolError(.invalidParams, "capabilities must be an object")
            }
            guard let info = call.params?["clientInfo"].flatMap(Implementation.init) else {
                throw ProtocolError(.invalidParams, "clientInfo must be an object with name and version")
            }
            let revision = Revision.negotiated(for: requested)
            let client = Client(info: info, capabilities: ClientCapabilities(capabilities))
            return .caller { caller in
                let instructions = call.provider.instructions(for: caller)
                var response = call.responder.answer(
                    MethodResult { writer in
                        writer.write("protocolVersion", .string(revision.rawValue))
                        writer.write("capabilities", call.provider.offer.json(for: revision))
                        writer.write("serverInfo", call.provider.serverInfo.json(for: revision))
                        if let instructions { writer.write("instructions", .string(instructions)) }
                    }
                )
                let id = call.server.sessions.make(revision: revision, client: client, binding: call.binding)
                response.headers.set(.mcpSessionID, id)
                return response
            }
        }
    }
}
