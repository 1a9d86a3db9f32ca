import HTTP
import JSON

extension Era {
    /// The era of 2026-07-28: no handshake and no session; every request says version, client and capabilities.
    ///
    /// - Parameters:
    ///   - offer: What the program has.
    ///   - server: How the server introduces itself in every result.
    static func stateless(offering offer: Offer, introducing server: Implementation) -> Era<P> {
        let introduction = JSONMember(MetaKey.serverInfo, .raw(RawJSON(server.json(for: .july2026))))
        let introductionAlone = JSONValue.raw(RawJSON(.object([introduction])))
        return Era(
            .stateless,
            offering: offer,
            methods: [
                .discover, .listTools, .callTool, .listResources, .listTemplates, .readResource, .listPrompts,
                .getPrompt, .complete, .listen, .getTask, .updateTask, .cancelTask,
            ],
            rungs: StatelessRungs.all,
            envelope: Envelope { result, writer in
                writer.write("resultType", .string(result.type))
                result.writeMembers(&writer)
                if let cache = result.cache {
                    writer.write("ttlMs", .integer(cache.ttl.milliseconds))
                    // What a workspace shows depends on who asks, so nothing may be shared between callers.
                    writer.write("cacheScope", "private")
                }
                let isAlone = result.meta.isEmpty
                writer.write("_meta", isAlone ? introductionAlone : .object(result.meta + [introduction]))
            }
        )
    }
}

/// The second half of the ladder, for requests of the stateless era.
enum StatelessRungs {
    static let all = [
        Rung(12, "The request says version, client and capabilities", readMeta),
        Rung(13, "The header names the version of the body", matchVersion),
        Rung(14, "We serve that version", requireServedVersion),
        Rung(15, "Mcp-Method names the method of the body", matchMethod),
        Rung(16, "Mcp-Name names what the body names", matchName),
        Rung(17, "The era has the method", requireMethod),
        Rung(18, "The headers of mirrored arguments agree with them", matchArguments),
    ]

    @Sendable private static func readMeta(_ reading: inout Reading) throws(ProtocolError) {
        guard let meta = reading.message?.meta, meta.kind == .object else {
            throw ProtocolError(.incompleteMeta, "params._meta must be an object")
        }
        guard meta[MetaKey.protocolVersion]?.string != nil else {
            throw incomplete(MetaKey.protocolVersion, "a string")
        }
        guard let capabilities = meta[MetaKey.clientCapabilities], capabilities.kind == .object else {
            throw incomplete(MetaKey.clientCapabilities, "an object")
        }
        let info = meta[MetaKey.clientInfo]
        let client = Client(info: info.flatMap(Implementation.init), capabilities: ClientCapabilities(capabilities))
        if info != nil, client.info == nil { throw incomplete(MetaKey.clientInfo, "an object with name and version") }
        if let level = meta[MetaKey.logLevel], level.string.flatMap(MessageLevel.init) == nil {
            throw incomplete(MetaKey.logLevel, "a log level")
        }
        reading.client = client
    }

    private static func incomplete(_ key: String, _ shape: String) -> ProtocolError {
        ProtocolError(.incompleteMeta, "_meta[\"\(key)\"] must be \(shape)")
    }

    @Sendable private static func matchVersion(_ reading: inout Reading) throws(ProtocolError) {
        try match(reading.head.version, "MCP-Protocol-Version", reading.message?.versionMark?.string ?? "")
    }

    @Sendable private static func requireServedVersion(_ reading: inout Reading) throws(ProtocolError) {
        let version = reading.message?.versionMark?.string ?? ""
        guard let revision = Revision(rawValue: version), revision.era == .stateless else {
            throw ProtocolError.unsupportedVersion(version, in: .stateless)
        }
        reading.revision = revision
    }

    @Sendable private static func matchMethod(_ reading: inout Reading) throws(ProtocolError) {
        try match(reading.head.method, "Mcp-Method", reading.message?.method ?? "")
    }

    @Sendable private static func matchName(_ reading: inout Reading) throws(ProtocolError) {
        guard let message = reading.message, message.isRoutedByName else { return }
        let header = reading.head.name
        if case .repeated = header { throw ProtocolError(.headerMismatch, "Mcp-Name stands more than once") }
        // A parameter that is missing is the method's mistake to report, not the header's.
        guard let name = message.routedName else { return }
        guard case .value(let text) = header else { throw ProtocolError(.headerMismatch, "Mcp-Name is missing") }
        guard let decoded = HeaderText.decode(text) else {
            throw ProtocolError(.headerMismatch, "Mcp-Name is not valid Base64 of UTF-8")
        }
        try match(.value(decoded), "Mcp-Name", name)
    }

    @Sendable private static func requireMethod(_ reading: inout Reading) throws(ProtocolError) {
        guard let method = reading.message?.method, reading.vocabulary.statelessMethods.contains(method) else {
            throw ProtocolError(.methodNotFound)
        }
    }

    @Sendable private static func matchArguments(_ reading: inout Reading) throws(ProtocolError) {
        guard reading.message?.method == "tools/call", let tool = reading.message?.params?["name"]?.string else {
            return
        }
        for argument in reading.vocabulary.mirroredArguments(tool) {
            let path = JSONPath(argument.path.map(JSONPath.Step.name))
            let value = reading.message?.params?["arguments"]?[path: path]
            let name = argument.headerName
            let header = RoutingHeader(HTTPHeaderName(rawValue: name), of: reading.request)
            if value == nil || value?.isNull == true {
                guard header == .absent else {
                    throw ProtocolError(.headerMismatch, "\(name) repeats an argument that the body lacks")
                }
            } else if let value {
                guard let text = header.value.flatMap(HeaderText.decode), argument.agrees(text, with: value) else {
                    throw ProtocolError(.headerMismatch, "\(name) does not say what the body says")
                }
            }
        }
    }

    private static func match(_ header: RoutingHeader, _ name: String, _ expected: String) throws(ProtocolError) {
        switch header {
        case .absent: throw ProtocolError(.headerMismatch, "\(name) is missing")
        case .repeated: throw ProtocolError(.headerMismatch, "\(name) stands more than once")
        case .value(let value):
            guard isSameText(value, expected) else {
                throw ProtocolError(.headerMismatch, "\(name) does not say what the body says")
            }
        }
    }
}
