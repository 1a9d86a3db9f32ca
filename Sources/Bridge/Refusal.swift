import HTTP
import HTTPClient
import JSON
import MCP

/// Why a call has no result, as the JSON-RPC error that its client gets.
struct Refusal: Error, Equatable {
    /// A stable word for what went wrong between bridge and endpoint; it stands in the error's data as `code`.
    enum Reason: String, CaseIterable {
        case unreachable
        case certificateNotTrusted = "certificate_not_trusted"
        case outcomeUnknown = "outcome_unknown"
        case sessionLost = "session_lost"
        case redirected
        case unauthorized
        case forbidden
        case notFound = "not_found"
        case rateLimited = "rate_limited"
        case unavailable
        case refused
        case answerNotUnderstood = "answer_not_understood"
        case answerTooLarge = "answer_too_large"
        case tooManyCalls = "too_many_calls"
        case ended
    }

    /// The member `error`.
    let error: JSONValue

    /// Says in a sentence what went wrong and what to do next.
    init(_ reason: Reason, _ message: String, status: HTTPStatus? = nil) {
        var data = [JSONMember("code", .string(reason.rawValue))]
        if let status { data.append(JSONMember("status", .integer(Int64(status.rawValue)))) }
        error = ["code": -32603, "message": .string(message), "data": .object(data)]
    }

    /// Refuses as the protocol would.
    init(_ problem: ProtocolError) {
        var members = [
            JSONMember("code", .integer(problem.answer(in: .handshake).code)),
            JSONMember("message", .string(problem.message)),
        ]
        if let data = problem.data { members.append(JSONMember("data", data)) }
        error = .object(members)
    }

    /// Passes on what the endpoint said; `nil` if the document holds no error of JSON-RPC.
    init?(passingOn message: JSONNode?) {
        guard let error = message?["error"], error["code"]?.integer != nil, error["message"]?.string != nil else {
            return nil
        }
        self.error = .raw(error.raw)
    }

    /// The whole message. Without a readable id it has none, for `null` would not be valid.
    func message(to id: MessageID?) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.write("jsonrpc", "2.0")
        if let id { writer.write("id", id.json) }
        writer.write("error", error)
        writer.endObject()
        return writer.bytes
    }
}

extension Refusal {
    /// The exchange failed before anything of the request was sent.
    static func unreachable(_ failure: TransferFailure) -> Refusal {
        guard !failure.isLasting else {
            return Refusal(
                .certificateNotTrusted,
                "The endpoint cannot be trusted: \(failure.reason). Check the URL; an authority of your own is given to "
                    + "the bridge with --ca-file."
            )
        }
        return Refusal(
            .unreachable,
            "The endpoint cannot be reached: \(failure.reason). Nothing was carried out. Check the URL and the network, "
                + "then try again."
        )
    }

    /// The exchange failed after the request was sent, and the answer cannot be had any more.
    static let outcomeUnknown = Refusal(
        .outcomeUnknown,
        "The connection to the endpoint was lost before the answer came, so it is not known whether the call was carried "
            + "out. Look at the data before you call again."
    )

    /// The session in which a call was answered is over, and the answer with it.
    static let sessionLost = Refusal(
        .sessionLost,
        "The session ended before the answer came, so it is not known whether the call was carried out. Look at the data "
            + "before you call again."
    )

    /// The bridge had to end.
    static let ended = Refusal(
        .ended,
        "The bridge was ended before the answer came, so it is not known whether the call was carried out. Look at the "
            + "data before you call again."
    )

    /// The answer is nothing that the protocol knows.
    static func answerNotUnderstood(_ head: AnswerHead?) -> Refusal {
        Refusal(
            .answerNotUnderstood,
            "The endpoint's answer is no message of the protocol. Check that the URL is the endpoint of a workspace.",
            status: head?.status
        )
    }

    /// The answer has more bytes than the bridge holds.
    static func answerTooLarge(_ limit: Int) -> Refusal {
        Refusal(.answerTooLarge, "The endpoint's answer has more than \(limit) bytes. Ask for less at a time.")
    }

    /// The client has more calls under way than the bridge holds.
    static func tooManyCalls(_ limit: Int) -> Refusal {
        Refusal(.tooManyCalls, "\(limit) calls are waiting already. Wait for some of them before you call again.")
    }

    /// The endpoint answered with a status instead of a message.
    static func status(_ head: AnswerHead, _ body: JSONNode?) -> Refusal {
        let status = head.status.rawValue
        let said = sentence(in: body)
        switch status {
        case 300..<400:
            let place = head.headers.first(.location).map { " to \(shortened($0))" } ?? ""
            return Refusal(
                .redirected,
                "The endpoint redirects\(place). The bridge does not follow, for the token would travel along; use the "
                    + "address itself as the URL.",
                status: head.status
            )
        case 401:
            return Refusal(
                .unauthorized,
                "The endpoint does not accept the token.\(said) Put one that is valid into WORKPORT_TOKEN or the file of "
                    + "WORKPORT_TOKEN_FILE, then start the client again.",
                status: head.status
            )
        case 403:
            return Refusal(
                .forbidden,
                "The endpoint does not let this token do that.\(said) Ask an admin of the workspace.",
                status: head.status
            )
        case 404, 410:
            return Refusal(
                .notFound, "There is no endpoint at the URL.\(said) Check the address of the workspace.",
                status: head.status
            )
        case 429:
            return Refusal(
                .rateLimited, "The endpoint takes no more calls for now.\(said) Try again \(moment(head)).",
                status: head.status
            )
        case 500...:
            return Refusal(
                .unavailable, "The endpoint cannot answer (\(status)).\(said) Try again \(moment(head)).",
                status: head.status
            )
        case 400..<500:
            return Refusal(.refused, "The endpoint refused the message (\(status)).\(said)", status: head.status)
        default: return .answerNotUnderstood(head)
        }
    }

    private static func moment(_ head: AnswerHead) -> String {
        head.retryAfter.map { "in \($0.components.seconds) seconds" } ?? "later"
    }

    /// What the endpoint says in the member that OAuth has for people.
    private static func sentence(in body: JSONNode?) -> String {
        (body?["error_description"]?.string).map { " It says: \(shortened($0))" } ?? ""
    }

    private static func shortened(_ text: String) -> String {
        let visible = text.unicodeScalars.prefix(300).filter { $0.properties.generalCategory != .control }
        return String(String.UnicodeScalarView(visible))
    }
}
