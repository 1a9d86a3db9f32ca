import HTTP
import JSON

extension MethodCall {
    /// Gets a resource, a prompt or suggestions: by a handler if there is one, else as work.
    ///
    /// - Parameters:
    ///   - texts: What the request is about; what a client brings back works for the same texts only.
    ///   - check: A last check of the request, when it is known who asks.
    func fetch(
        _ subject: FetchRequest.Subject,
        binding texts: [String],
        _ check: @escaping @Sendable (P.Caller, FetchRequest) throws(ProtocolError) -> Void = { _, _ in }
    ) throws(ProtocolError) -> Plan<P>.Action {
        let request = FetchRequest(subject: subject, client: client, revision: revision)
        if let handler = provider.handler(for: request) {
            return .open(
                try converse(about: texts.map { Array($0.utf8) }) { conversation, caller in
                    try check(caller, request)
                    return try result(try handler(conversation, caller), for: request)
                }
            )
        }
        let answer: @Sendable (P.Caller, FetchOutcome) -> HTTPResponse = { caller, outcome in
            do throws(ProtocolError) {
                try check(caller, request)
                return responder.answer(try result(outcome, for: request))
            } catch {
                return responder.answer(error)
            }
        }
        guard let work = provider.prepare(request) else { return .caller { answer($0, .missing) } }
        return .fetch(work, answer: answer)
    }

    private func result(_ outcome: FetchOutcome, for request: FetchRequest) throws(ProtocolError) -> MethodResult {
        switch outcome {
        case .resource(let resource) where !resource.contents.isEmpty:
            MethodResult(cache: CacheHint(ttl: hasAnswers ? .zero : resource.ttl), meta: resource.meta) { writer in
                writer.key("contents")
                writer.beginArray()
                for content in resource.contents { content.write(for: revision, to: &writer) }
                writer.endArray()
            }
        case .prompt(let prompt): MethodResult(meta: prompt.meta) { write(prompt, to: &$0) }
        case .completion(let completion):
            MethodResult { writer in
                let values = completion.values.prefix(server.limits.completionCount)
                var members = [JSONMember("values", .array(values.map { .string($0) }))]
                if let total = completion.total { members.append(JSONMember("total", .integer(Int64(total)))) }
                let isCut = (completion.total ?? completion.values.count) > values.count
                members.append(JSONMember("hasMore", .bool(isCut)))
                writer.write("completion", .object(members))
            }
        case .resource, .missing: throw missing(request)
        case .internalError(let requestID): throw .internalError(requestID)
        case .refused(let error): throw error
        }
    }

    private func write(_ prompt: PromptResult, to writer: inout JSONWriter) {
        if let description = prompt.description { writer.write("description", .string(description)) }
        writer.key("messages")
        writer.beginArray()
        for turn in prompt.turns {
            writer.beginObject()
            writer.write("role", .string(turn.role.rawValue))
            writer.key("content")
            turn.content.write(for: revision, to: &writer)
            writer.endObject()
        }
        writer.endArray()
    }

    private func missing(_ request: FetchRequest) -> ProtocolError {
        switch request.subject {
        case .resource(let uri): ProtocolError(.resourceNotFound, data: ["uri": .string(uri)])
        case .prompt(let name, _):
            ProtocolError(.invalidParams, "There is no prompt named \(shortened(name, to: 64)) here")
        case .completion: ProtocolError(.invalidParams, "There is nothing to complete under that reference")
        }
    }
}

extension ProtocolError {
    /// Something broke on our side; the cause is in the log under the request's id.
    package static func internalError(_ requestID: String) -> ProtocolError {
        ProtocolError(
            .internalError,
            "Something went wrong on our side; the request was \(requestID)",
            data: ["requestId": .string(requestID)]
        )
    }
}
