import JSON

extension Method {
    /// Tells a client of the stateless era what it may ask for.
    static var discover: Method<P> {
        Method("server/discover") { call in
            .caller { caller in
                let instructions = call.provider.instructions(for: caller)
                return call.responder.answer(
                    MethodResult(cache: CacheHint(ttl: call.server.limits.listTTL)) { writer in
                        let versions = Revision.served(in: .stateless).map { JSONValue.string($0.rawValue) }
                        writer.write("supportedVersions", .array(versions))
                        writer.write("capabilities", call.provider.offer.json(for: call.revision))
                        if let instructions { writer.write("instructions", .string(instructions)) }
                    }
                )
            }
        }
    }
}
