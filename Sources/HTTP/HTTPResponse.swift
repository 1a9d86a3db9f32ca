/// One answer with a body of known length.
///
/// The server adds `Date`, `Content-Length` and, when the connection ends, `Connection`; what a response says under
/// these names, or under `Transfer-Encoding`, is not sent.
package struct HTTPResponse: Sendable, Equatable {
    /// How it went.
    package var status: HTTPStatus
    /// The fields to send.
    package var headers: HTTPHeaders
    /// The content. Not sent for `HEAD`, 204 and 304.
    package var body: [UInt8]

    /// Makes an answer.
    package init(status: HTTPStatus, headers: HTTPHeaders = [:], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// An answer whose body is JSON text.
    package static func json(_ body: [UInt8], status: HTTPStatus = .ok) -> Self {
        Self(status: status, headers: [.contentType: "application/json"], body: body)
    }

    /// A refusal as a small JSON object: a stable word, and a sentence for people.
    package static func refusal(_ status: HTTPStatus, error: String, description: String) -> Self {
        let text = #"{"error":""# + escaped(error) + #"","error_description":""# + escaped(description) + #""}"#
        return json(Array(text.utf8), status: status)
    }

    private static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": result += "\\" + String(scalar)
            case _ where scalar.value < 0x20: result += " "
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
