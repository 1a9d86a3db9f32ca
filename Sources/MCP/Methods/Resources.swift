import JSON

extension Method {
    /// Lists what there is to read.
    static var listResources: Method<P> {
        Method("resources/list", of: .resources) { call throws(ProtocolError) in
            try call.page(
                of: { call.provider.resources(for: $0) }, by: \.uri, as: "resources", in: "resources/list"
            ) { $0.members(for: $1) }
        }
    }

    /// Lists the patterns of addresses.
    static var listTemplates: Method<P> {
        Method("resources/templates/list", of: .resources) { call throws(ProtocolError) in
            try call.page(
                of: { call.provider.resourceTemplates(for: $0) }, by: \.uriTemplate, as: "resourceTemplates",
                in: "resources/templates/list"
            ) { $0.members(for: $1) }
        }
    }

    /// Reads what stands at an address.
    static var readResource: Method<P> {
        Method("resources/read", of: .resources) { call throws(ProtocolError) in
            guard let uri = call.params?["uri"]?.string else {
                throw ProtocolError(.invalidParams, "uri must be the address of a resource")
            }
            return try call.fetch(.resource(uri: uri), binding: [uri])
        }
    }

    /// Notes that a session wants to hear when a resource changes.
    static var subscribe: Method<P> {
        Method("resources/subscribe", of: .resources, where: \Offer.hasResourceSubscriptions) {
            call throws(ProtocolError) in
            try call.changeSubscriptions(isWatched: true)
        }
    }

    /// Forgets that a session wanted to hear of a resource.
    static var unsubscribe: Method<P> {
        Method("resources/unsubscribe", of: .resources, where: \Offer.hasResourceSubscriptions) {
            call throws(ProtocolError) in
            try call.changeSubscriptions(isWatched: false)
        }
    }
}

extension MethodCall {
    /// The longest address that a session can watch, in bytes: it has to fit into a letter.
    private static var longestURI: Int { 2_000 }

    fileprivate func changeSubscriptions(isWatched: Bool) throws(ProtocolError) -> Plan<P>.Action {
        guard let uri = params?["uri"]?.string, uri.utf8.count <= Self.longestURI else {
            throw ProtocolError(.invalidParams, "uri must be the address of a resource")
        }
        return aside { (session) throws(MailroomError) in
            guard try session.watch(uri, isWatched, limit: server.limits.subscriptionCount) else {
                return responder.answer(ProtocolError(.invalidParams, "This session has too many subscriptions"))
            }
            return responder.answer(MethodResult { _ in })
        }
    }
}
