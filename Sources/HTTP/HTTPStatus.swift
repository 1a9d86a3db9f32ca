/// The three digits that say how a request went, with the phrase that goes beside them.
package struct HTTPStatus: RawRepresentable, Hashable, Sendable, ExpressibleByIntegerLiteral {
    /// The number, 100 to 599.
    package let rawValue: Int

    /// Takes a number from 100 to 599; anything else becomes 500, so that an answer is always well formed.
    package init(rawValue: Int) { self.rawValue = (100...599).contains(rawValue) ? rawValue : 500 }

    /// Takes a literal number.
    package init(integerLiteral value: Int) { self.init(rawValue: value) }

    /// Whether an answer with this status has neither a body nor a length.
    package var forbidsBody: Bool { rawValue < 200 || rawValue == 204 || rawValue == 304 }

    /// The phrase of RFC 9110 for this number, or an empty one.
    package var phrase: String {
        switch rawValue {
        case 100: "Continue"
        case 200: "OK"
        case 201: "Created"
        case 202: "Accepted"
        case 204: "No Content"
        case 301: "Moved Permanently"
        case 302: "Found"
        case 303: "See Other"
        case 304: "Not Modified"
        case 307: "Temporary Redirect"
        case 308: "Permanent Redirect"
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 406: "Not Acceptable"
        case 408: "Request Timeout"
        case 409: "Conflict"
        case 410: "Gone"
        case 412: "Precondition Failed"
        case 413: "Content Too Large"
        case 414: "URI Too Long"
        case 415: "Unsupported Media Type"
        case 417: "Expectation Failed"
        case 421: "Misdirected Request"
        case 422: "Unprocessable Content"
        case 429: "Too Many Requests"
        case 431: "Request Header Fields Too Large"
        case 500: "Internal Server Error"
        case 501: "Not Implemented"
        case 502: "Bad Gateway"
        case 503: "Service Unavailable"
        case 504: "Gateway Timeout"
        case 505: "HTTP Version Not Supported"
        default: ""
        }
    }

    /// Done.
    package static var ok: Self { 200 }
    /// Something was made.
    package static var created: Self { 201 }
    /// Taken; there is nothing to say about it yet.
    package static var accepted: Self { 202 }
    /// Done, without a body.
    package static var noContent: Self { 204 }
    /// Go and `GET` another address.
    package static var seeOther: Self { 303 }
    /// The request is malformed.
    package static var badRequest: Self { 400 }
    /// Who is calling is not known.
    package static var unauthorized: Self { 401 }
    /// Who is calling is known, and may not.
    package static var forbidden: Self { 403 }
    /// There is nothing here.
    package static var notFound: Self { 404 }
    /// There is something here that knows other methods; `Allow` lists them.
    package static var methodNotAllowed: Self { 405 }
    /// None of the accepted media types can be given.
    package static var notAcceptable: Self { 406 }
    /// The client was too slow.
    package static var requestTimeout: Self { 408 }
    /// The state of things does not allow it now.
    package static var conflict: Self { 409 }
    /// The body is larger than the limit.
    package static var contentTooLarge: Self { 413 }
    /// The target is longer than the limit.
    package static var uriTooLong: Self { 414 }
    /// The body has a media type that is not understood.
    package static var unsupportedMediaType: Self { 415 }
    /// An `Expect` that is not `100-continue`.
    package static var expectationFailed: Self { 417 }
    /// The `Host` is not one of ours.
    package static var misdirectedRequest: Self { 421 }
    /// Too many requests; `Retry-After` says when to come back.
    package static var tooManyRequests: Self { 429 }
    /// The header is larger than the limit.
    package static var headerTooLarge: Self { 431 }
    /// A mistake on this side.
    package static var internalServerError: Self { 500 }
    /// A method or coding that is not known here.
    package static var notImplemented: Self { 501 }
    /// Too busy, or stopping.
    package static var serviceUnavailable: Self { 503 }
    /// Something behind this server was too slow.
    package static var gatewayTimeout: Self { 504 }
    /// A version other than HTTP/1.0 and HTTP/1.1.
    package static var versionNotSupported: Self { 505 }
}
