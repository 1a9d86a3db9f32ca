import HTTP
import JSON

/// Writes the answer to one request: the one place where JSON-RPC becomes HTTP.
struct Responder: Sendable {
    let id: MessageID?
    let era: EraName
    let form: AnswerForm
    let envelope: Envelope

    /// The same with JSON as its form, for an answer that becomes one event among others.
    var unwrapped: Responder { Responder(id: id, era: era, form: .json, envelope: envelope) }

    /// Answers with what a method found out.
    func answer(_ result: MethodResult) -> HTTPResponse { HTTPResponse(.ok, json: message(result), as: form) }

    /// The message that says what a method found out.
    func message(_ result: MethodResult) -> [UInt8] {
        var writer = JSONWriter(capacity: result.sizeHint + 256)
        writer.beginObject()
        writer.write("jsonrpc", "2.0")
        if let id { writer.write("id", id.json) }
        writer.key("result")
        writer.beginObject()
        envelope.write(result, &writer)
        writer.endObject()
        writer.endObject()
        return writer.bytes
    }

    /// Answers that the request cannot be served.
    func answer(_ error: ProtocolError) -> HTTPResponse {
        HTTPResponse(error, id: id, era: era, form: form)
    }
}

extension HTTPResponse {
    /// An answer with a JSON body, or a stream that consists of it.
    init(_ status: HTTPStatus, json body: [UInt8], as form: AnswerForm) {
        // A refusal is never a stream: clients read its body as JSON whatever they asked for.
        if form == .eventStream, status == .ok {
            self.init(status: status, headers: EventStream.headers, body: EventStream.event(data: body))
        } else {
            self = .json(body, status: status)
        }
    }

    /// An error; without a readable id it has none, for `null` would not be valid.
    init(_ error: ProtocolError, id: MessageID? = nil, era: EraName = .handshake, form: AnswerForm = .json) {
        let (code, status) = error.answer(in: era)
        var content: [JSONMember] = [
            JSONMember("code", .integer(code)), JSONMember("message", .string(error.message)),
        ]
        if let data = error.data { content.append(JSONMember("data", data)) }
        var members = [JSONMember("jsonrpc", "2.0")]
        if let id { members.append(JSONMember("id", id.json)) }
        members.append(JSONMember("error", .object(content)))
        self.init(status, json: RawJSON(.object(members)).bytes, as: form)
    }
}
