import HTTP
import JSON

extension Method {
    /// Calls a tool: checks what the protocol says about the parameters and leaves the rest to the program.
    static var callTool: Method<P> {
        Method("tools/call", of: .tools) { call throws(ProtocolError) in
            let request = try request(of: call)
            return .work(call.provider.prepare(request)) { _, outcome in
                switch outcome {
                case .result(let result): call.responder.answer(methodResult(result, for: call.revision))
                case .unknownTool: call.responder.answer(unknownTool(request.name))
                case .missingCapability(let required): missing(required, in: call)
                case .internalError(let requestID): call.responder.answer(internalError(requestID))
                case .refused(let error): call.responder.answer(error)
                }
            }
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
            inputResponses: try inputResponses(of: call),
            requestState: try requestState(of: call),
            client: call.client,
            revision: call.revision
        )
    }

    private static func inputResponses(of call: MethodCall<P>) throws(ProtocolError) -> JSONNode? {
        guard call.era == .stateless, let responses = call.params?["inputResponses"] else { return nil }
        guard let members = responses.members, members.allSatisfy({ $0.value.kind == .object }) else {
            throw ProtocolError(.invalidParams, "inputResponses must be an object of objects")
        }
        return responses
    }

    private static func requestState(of call: MethodCall<P>) throws(ProtocolError) -> String? {
        guard call.era == .stateless, let state = call.params?["requestState"] else { return nil }
        guard let text = state.string else { throw ProtocolError(.invalidParams, "requestState must be a string") }
        return text
    }

    private static func methodResult(_ result: ToolResult, for revision: Revision) -> MethodResult {
        let size = (result.structured?.bytes.count ?? 256) * 3
        return MethodResult(meta: result.meta, sizeHint: size) { writer in
            writer.key("content")
            writer.beginArray()
            for block in result.content { block.write(for: revision, to: &writer) }
            writer.endArray()
            if let structured = result.structured, canSend(structured, to: revision) {
                writer.write("structuredContent", .raw(structured))
            }
            if result.isError { writer.write("isError", true) }
        }
    }

    /// At first structured content had to be an object, and before that there was none.
    private static func canSend(_ structured: RawJSON, to revision: Revision) -> Bool {
        if revision.has(.anyStructuredContent) { return true }
        let first = structured.bytes.first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
        return revision.has(.structuredContent) && first == UInt8(ascii: "{")
    }

    private static func unknownTool(_ name: String) -> ProtocolError {
        ProtocolError(.invalidParams, "There is no tool named \(shortened(name, to: 64)) here")
    }

    private static func internalError(_ requestID: String) -> ProtocolError {
        ProtocolError(
            .internalError,
            "Something went wrong on our side; the request was \(requestID)",
            data: ["requestId": .string(requestID)]
        )
    }

    /// The handshake era has no code for this, so its clients get a result that says so.
    private static func missing(_ required: JSONValue, in call: MethodCall<P>) -> HTTPResponse {
        let names: [String] = if case .object(let members) = required { members.map(\.name) } else { [] }
        let message = "This needs a client that offers \(names.joined(separator: ", "))"
        guard call.era == .stateless else {
            return call.responder.answer(methodResult(ToolResult(text: message, isError: true), for: call.revision))
        }
        return call.responder.answer(
            ProtocolError(.missingCapability, message, data: ["requiredCapabilities": required])
        )
    }
}

/// What a call without arguments has.
private let emptyObject = try! JSONDocument(text: "{}").root
