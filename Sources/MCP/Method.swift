import JSON

/// One method of the protocol: its name, what it belongs to, and what it does.
struct Method<P: Provider>: Sendable {
    let name: String
    /// Whether a program that offers this has the method.
    let isOffered: @Sendable (Offer) -> Bool
    /// Checks the parameters and tells what is left to do; talks to nobody.
    let plan: @Sendable (MethodCall<P>) throws(ProtocolError) -> Plan<P>.Action

    /// Describes a method.
    ///
    /// - Parameters:
    ///   - capability: What declares it; `nil` for methods that every server has.
    ///   - condition: A part of the offer that it needs as well.
    init(
        _ name: String,
        of capability: Capability? = nil,
        where condition: (any KeyPath<Offer, Bool> & Sendable)? = nil,
        plan: @escaping @Sendable (MethodCall<P>) throws(ProtocolError) -> Plan<P>.Action
    ) {
        self.name = name
        isOffered = { offer in
            (capability.map { offer.capabilities.contains($0) } ?? true)
                && (condition.map { offer[keyPath: $0] } ?? true)
        }
        self.plan = plan
    }
}

/// A request, as the body of its method sees it.
struct MethodCall<P: Provider>: Sendable {
    let server: MCPServer<P>
    let era: EraName
    let revision: Revision
    let client: Client
    let binding: [UInt8]
    /// Among whose rows the mailroom keeps what belongs to the caller.
    let tenant: String
    /// The name of the method.
    let method: String
    let id: MessageID?
    let params: JSONNode?
    /// The session, in the handshake era.
    let session: Session?
    /// Whether the answer may be a stream: the client takes one, and the request is not part of a batch.
    let canStream: Bool
    var responder: Responder

    var provider: P { server.provider }
}

/// What a method found out, before an era writes it down.
struct MethodResult {
    /// What the stateless era calls it.
    var type = "complete"
    /// How long a client may keep the result, if it may.
    var cache: CacheHint?
    /// Further members of `_meta`.
    var meta: [JSONMember] = []
    /// How many bytes the members take, roughly.
    var sizeHint = 256
    /// Writes the members that are the method's own.
    let writeMembers: (inout JSONWriter) -> Void
}

/// How long, and in whose name, a client may keep a result.
struct CacheHint: Sendable {
    let ttl: Duration
}
