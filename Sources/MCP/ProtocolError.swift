package import HTTP
package import JSON

/// A message that cannot be served, in the words of JSON-RPC and HTTP.
///
/// A caller's mistake inside a tool is no protocol error but a ``ToolResult``.
package struct ProtocolError: Error, Equatable {
    /// What went wrong.
    package let kind: Kind
    /// One short sentence for the developer of the client.
    package let message: String
    /// Facts for the client's code, in the shape that the protocol fixes for the kind.
    package let data: JSONValue?

    /// Makes an error; without a message it has that of the table.
    package init(_ kind: Kind, _ message: String? = nil, data: JSONValue? = nil) {
        self.kind = kind
        self.message = message ?? kind.row.message
        self.data = data
    }
}

extension ProtocolError {
    /// The kinds of error. How each is sent is in one table, ``row``.
    package enum Kind: String, Sendable, CaseIterable {
        case parseError = "parse_error"
        case invalidRequest = "invalid_request"
        case methodNotFound = "method_not_found"
        case invalidParams = "invalid_params"
        case incompleteMeta = "incomplete_meta"
        case internalError = "internal_error"
        case resourceNotFound = "resource_not_found"
        case urlElicitationRequired = "url_elicitation_required"
        case headerMismatch = "header_mismatch"
        case missingCapability = "missing_capability"
        case unsupportedVersion = "unsupported_version"
        case sessionMissing = "session_missing"
        case sessionUnknown = "session_unknown"
        case methodNotAllowed = "method_not_allowed"
        case notAcceptable = "not_acceptable"
        case contentTooLarge = "content_too_large"
        case unsupportedMediaType = "unsupported_media_type"
        case originRefused = "origin_refused"
        case hostRefused = "host_refused"
        case overloaded
        case tooManyStreams = "too_many_streams"

        /// The row of the table: code and status in each era, and the sentence to use when there is no better one.
        ///
        /// `nil` where an era must not send the kind at all.
        package var row: Row {
            switch self {
            case .parseError: Row(-32700, 400, "The body is not JSON")
            case .invalidRequest: Row(-32600, 400, "The body is not a JSON-RPC message that is valid here")
            case .methodNotFound: Row((-32601, 200), (-32601, 404), "There is no such method here")
            case .invalidParams: Row(-32602, 200, "The parameters are not valid")
            case .incompleteMeta: Row(-32602, 400, "The request's _meta is not complete")
            case .internalError: Row(-32603, 200, "Something went wrong on our side")
            case .resourceNotFound: Row((-32002, 200), (-32602, 200), "There is no such resource")
            case .urlElicitationRequired: Row((-32042, 200), nil, "The person has to open a page first")
            case .headerMismatch: Row((-32600, 400), (-32020, 400), "A header and the body do not agree")
            case .missingCapability: Row(nil, (-32021, 400), "The client has not declared what this needs")
            case .unsupportedVersion:
                Row((-32600, 400), (-32022, 400), "This server does not speak that protocol version")
            case .sessionMissing: Row(-32600, 400, "The Mcp-Session-Id header is missing; send initialize first")
            case .sessionUnknown: Row(-32600, 404, "There is no such session; send initialize again")
            case .methodNotAllowed: Row(-32600, 405, "This endpoint does not take this verb; Allow says which it takes")
            case .notAcceptable: Row(-32600, 406, "Accept must allow application/json and text/event-stream")
            case .contentTooLarge: Row(-32600, 413, "The body is too large")
            case .unsupportedMediaType: Row(-32600, 415, "Content-Type must be application/json")
            case .originRefused: Row(-32600, 403, "Pages of this origin may not call this server")
            case .hostRefused: Row(-32600, 421, "This server does not answer for that host")
            case .overloaded: Row(-32603, 503, "Too much is going on; try again in a second")
            case .tooManyStreams: Row(-32603, 429, "Close a stream before you open another")
            }
        }
    }

    /// How a kind of error is sent.
    package struct Row: Sendable {
        /// A code of JSON-RPC and the status that carries it.
        package typealias Answer = (code: Int64, status: HTTPStatus)

        /// In the handshake era, and before the era is known.
        package let handshake: Answer?
        /// In the stateless era.
        package let stateless: Answer?
        /// The sentence of an error that says nothing more precise.
        package let message: String

        fileprivate init(_ handshake: Answer?, _ stateless: Answer?, _ message: String) {
            self.handshake = handshake
            self.stateless = stateless
            self.message = message
        }

        fileprivate init(_ code: Int64, _ status: HTTPStatus, _ message: String) {
            self.init((code, status), (code, status), message)
        }
    }

    /// The code and status in an era; one that the era must not send becomes an internal error.
    package func answer(in era: EraName) -> Row.Answer {
        let answer = era == .handshake ? kind.row.handshake : kind.row.stateless
        return answer ?? (-32603, .ok)
    }
}

extension ProtocolError {
    /// Tells why a body is no document: not JSON at all, or JSON that this product refuses.
    package init(_ error: JSONError) {
        switch error.kind {
        case .syntax, .encoding, .surrogate: self.init(.parseError, error.message)
        case .duplicateName, .tooDeep, .tooLarge: self.init(.invalidRequest, error.message)
        }
    }

    /// Something that all processes have to know cannot be kept or found now.
    init(_ error: MailroomError) {
        self.init(.internalError, "The server cannot reach what its processes share; try again in a moment")
    }

    /// Tells which versions an era has.
    static func unsupportedVersion(_ requested: String, in era: EraName) -> ProtocolError {
        let supported = Revision.served(in: era).map(\.rawValue)
        guard era == .handshake else {
            let data: JSONValue = [
                "supported": .array(supported.map { .string($0) }), "requested": .string(requested),
            ]
            return ProtocolError(.unsupportedVersion, data: data)
        }
        let message =
            "MCP-Protocol-Version names no version of this server; it has \(supported.joined(separator: ", "))"
        return ProtocolError(.unsupportedVersion, message)
    }
}
