import JSON

extension Method {
    /// Tells a client of the stateless era what it may ask for.
    static var discover: Method<P> {
        Method("server/discover") { call in
            .caller { caller in
                let instructions = call.provider.instructions(for: caller)
                return call.responder.answer(
                    MethodResult(cache: CacheHint(ttl: call.server.limits.listTTL)) { writer in
                        writer.write("supportedVersions", .raw(call.server.statelessVersions))
                        writer.write("capabilities", .raw(call.server.statelessCapabilities))
                        if let instructions { writer.write("instructions", .string(instructions)) }
                    }
                )
            }
        }
    }
}
