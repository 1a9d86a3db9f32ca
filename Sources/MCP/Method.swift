import JSON

/// One method of the protocol: its name, what it belongs to, and what it does.
struct Method<P: Provider>: Sendable {
    let name: String
    /// The capability that declares it; `nil` for methods that every server has.
    let capability: Capability?
    /// Checks the parameters and tells what is left to do; talks to nobody.
    let plan: @Sendable (MethodCall<P>) throws(ProtocolError) -> Plan<P>.Action

    init(
        _ name: String,
        of capability: Capability? = nil,
        plan: @escaping @Sendable (MethodCall<P>) throws(ProtocolError) -> Plan<P>.Action
    ) {
        self.name = name
        self.capability = capability
        self.plan = plan
    }
}

/// A request, as the body of its method sees it.
struct MethodCall<P: Provider>: Sendable {
    let server: MCPServer<P>
    let era: EraName
    /// The capabilities of the era, as clients see them.
    let capabilities: JSONValue
    let revision: Revision
    let client: Client
    let binding: [UInt8]
    let params: JSONNode?
    let responder: Responder

    var provider: P { server.provider }
}

/// What a method found out, before an era writes it down.
struct MethodResult {
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
