import HTTP
import JSON

extension Method {
    /// Calls a tool: checks what the protocol says about the parameters and leaves the rest to the program.
    static var callTool: Method<P> {
        Method("tools/call", of: .tools) { call throws(ProtocolError) in
            let request = try request(of: call)
            if let handler = call.provider.handler(for: request) {
                return .open(try opening(of: call, request, handler))
            }
            let ask = try call.provider.inquiry(for: request).map { (inquiry) throws(ProtocolError) in
                try opening(of: call, request, inquiry)
            }
            if let ask, call.hasAnswers { return .open(ask) }
            return .work(
                call.provider.prepare(request),
                answer: { outcome in
                    switch outcome {
                    case .result(let result): call.responder.answer(call.methodResult(result))
                    case .unknownTool: call.responder.answer(.unknownTool(request.name))
                    case .missingCapability(let required): call.missing(required)
                    case .internalError(let requestID): call.responder.answer(.internalError(requestID))
                    case .refused(let error): call.responder.answer(error)
                    }
                },
                ask: ask
            )
        }
    }

    private static func opening(
        of call: MethodCall<P>,
        _ request: ToolCallRequest,
        _ handler: @escaping Handler<P.Caller, ToolResult>
    ) throws(ProtocolError) -> Plan<P>.Opening {
        try call.converse(about: [Array(request.name.utf8), request.arguments.canonical]) { conversation, caller in
            call.methodResult(try handler(conversation, caller))
        }
    }

    private static func request(of call: MethodCall<P>) throws(ProtocolError) -> ToolCallRequest {
        guard let name = call.params?["name"]?.string else {
            throw ProtocolError(.invalidParams, "name must be the name of a tool")
        }
        let arguments = call.params?["arguments"] ?? emptyObject
        guard arguments.kind == .object else { throw ProtocolError(.invalidParams, "arguments must be an object") }
        let meta = call.params?["_meta"]
        return ToolCallRequest(
            name: name,
            arguments: arguments,
            meta: meta,
            progressToken: meta?[MetaKey.progressToken].flatMap(MessageID.init),
            logLevel: meta?[MetaKey.logLevel]?.string.flatMap(MessageLevel.init),
            inputResponses: try call.inputResponses(),
            requestState: try call.requestState(),
            client: call.client,
            revision: call.revision,
            takesForms: call.takesForms
        )
    }
}

extension MethodCall {
    /// What a tool gave, as clients of the revision know it.
    func methodResult(_ result: ToolResult) -> MethodResult {
        let size = (result.structured?.bytes.count ?? 256) * 3
        return MethodResult(meta: result.meta, sizeHint: size) { writer in
            writer.key("content")
            writer.beginArray()
            for block in result.content { block.write(for: revision, to: &writer) }
            writer.endArray()
            if let structured = result.structured, canSend(structured) {
                writer.write("structuredContent", .raw(structured))
            }
            if result.isError { writer.write("isError", true) }
        }
    }

    /// Whether a form can be put to the person while the request runs.
    fileprivate var takesForms: Bool {
        (era == .stateless || canStream) && Question.form(message: "", schema: "{}").isPossible(for: client, revision)
    }

    /// At first structured content had to be an object, and before that there was none.
    private func canSend(_ structured: RawJSON) -> Bool {
        if revision.has(.anyStructuredContent) { return true }
        let first = structured.bytes.first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
        return revision.has(.structuredContent) && first == UInt8(ascii: "{")
    }

    /// The handshake era has no code for this, so its clients get a result that says so.
    func missing(_ required: JSONValue) -> HTTPResponse {
        let names: [String] = if case .object(let members) = required { members.map(\.name) } else { [] }
        let message = "This needs a client that offers \(names.joined(separator: ", "))"
        if era == .handshake, method == "tools/call" {
            return responder.answer(methodResult(ToolResult(text: message, isError: true)))
        }
        let kind: ProtocolError.Kind = era == .handshake ? .invalidParams : .missingCapability
        return responder.answer(ProtocolError(kind, message, data: ["requiredCapabilities": required]))
    }
}

extension ProtocolError {
    /// There is no such tool, or not for this caller.
    package static func unknownTool(_ name: String) -> ProtocolError {
        ProtocolError(.invalidParams, "There is no tool named \(shortened(name, to: 64)) here")
    }
}

/// What a call without arguments has.
private let emptyObject = try! JSONDocument(text: "{}").root
