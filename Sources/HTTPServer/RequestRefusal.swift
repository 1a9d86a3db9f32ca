package import HTTP

/// Why a request was refused before a handler saw it.
package enum RequestRefusal: String, Error, Sendable, Hashable, CaseIterable {
    case malformedMethod = "malformed_method"
    case methodTooLong = "method_too_long"
    case connectNotServed = "connect_not_served"
    case malformedTarget = "malformed_target"
    case targetTooLong = "target_too_long"
    case malformedVersion = "malformed_version"
    case versionNotSupported = "version_not_supported"
    case malformedLineEnd = "malformed_line_end"
    case malformedFieldName = "malformed_field_name"
    case foldedField = "folded_field"
    case malformedFieldValue = "malformed_field_value"
    case headerTooLarge = "header_too_large"
    case tooManyFields = "too_many_fields"
    case missingHost = "missing_host"
    case repeatedHost = "repeated_host"
    case malformedHost = "malformed_host"
    case differingAuthority = "differing_authority"
    case malformedLength = "malformed_length"
    case repeatedLength = "repeated_length"
    case lengthAndEncoding = "length_and_encoding"
    case malformedEncoding = "malformed_encoding"
    case unknownEncoding = "unknown_encoding"
    case encodingInOldVersion = "encoding_in_old_version"
    case unknownExpectation = "unknown_expectation"
    case bodyTooLarge = "body_too_large"
    case malformedChunk = "malformed_chunk"
    case chunkExtensionsTooLarge = "chunk_extensions_too_large"
    case malformedTrailer = "malformed_trailer"
    case trailerTooLarge = "trailer_too_large"
    case headerTimeout = "header_timeout"
    case bodyTimeout = "body_timeout"
    case tooManyConnections = "too_many_connections"
    case tooManyBytes = "too_many_bytes"

    /// The status of the answer.
    package var status: HTTPStatus { entry.0 }

    /// One sentence for the person at the other end.
    package var message: String { entry.1 }

    /// The whole answer; the connection ends with it.
    package var response: HTTPResponse {
        var response = HTTPResponse.refusal(status, error: rawValue, description: message)
        if status == .serviceUnavailable { response.headers.append(.retryAfter, "1") }
        return response
    }

    private var entry: (HTTPStatus, String) {
        switch self {
        case .malformedMethod: (400, "The request must begin with a method such as GET or POST and one blank.")
        case .methodTooLong: (501, "No method that is served here has so long a name.")
        case .connectNotServed: (501, "CONNECT is not served here.")
        case .malformedTarget: (400, "The target must be a path, or an http address, of printable ASCII without '#'.")
        case .targetTooLong: (414, "The target is longer than this server reads.")
        case .malformedVersion: (400, "The request line must end in HTTP/1.1.")
        case .versionNotSupported: (505, "This server speaks HTTP/1.1 and HTTP/1.0.")
        case .malformedLineEnd: (400, "A line must end in CR LF, and neither may stand alone.")
        case .malformedFieldName: (400, "A field's name must be a token directly followed by a colon.")
        case .foldedField: (400, "A field must not continue on another line.")
        case .malformedFieldValue: (400, "A field's value must be UTF-8 without control characters.")
        case .headerTooLarge: (431, "The header is larger than this server reads.")
        case .tooManyFields: (431, "The header has more fields than this server reads.")
        case .missingHost: (400, "An HTTP/1.1 request must have a Host field.")
        case .repeatedHost: (400, "There must be one Host field only.")
        case .malformedHost: (400, "Host must be a name or an address, with a port where needed.")
        case .differingAuthority: (400, "The target's authority must be the one in Host.")
        case .malformedLength: (400, "Content-Length must be one decimal number.")
        case .repeatedLength: (400, "There must be one Content-Length field only.")
        case .lengthAndEncoding: (400, "Content-Length and Transfer-Encoding must not come together.")
        case .malformedEncoding: (400, "Transfer-Encoding must be chunked, once.")
        case .unknownEncoding: (501, "No transfer coding but chunked is served here.")
        case .encodingInOldVersion: (400, "HTTP/1.0 has no Transfer-Encoding.")
        case .unknownExpectation: (417, "No expectation but 100-continue is met here.")
        case .bodyTooLarge: (413, "The body is larger than this server reads.")
        case .malformedChunk: (400, "A chunk must have its size in hexadecimal, its bytes, and CR LF after both.")
        case .chunkExtensionsTooLarge: (400, "The chunks have more extensions than this server reads.")
        case .malformedTrailer: (400, "A trailer must have the form of header fields.")
        case .trailerTooLarge: (431, "The trailer is larger than this server reads.")
        case .headerTimeout: (408, "The header did not arrive in time.")
        case .bodyTimeout: (408, "The body did not arrive in time.")
        case .tooManyConnections: (503, "Too many connections are open; try again in a moment.")
        case .tooManyBytes: (503, "Too many bodies are being received; try again in a moment.")
        }
    }
}
