import HTTP
import JSON

/// A header that may stand once: the version, the session, and what repeats the body.
enum RoutingHeader: Sendable, Equatable {
    case absent
    case value(String)
    case repeated([String])

    /// Reads a header of a request; blanks at the ends do not count.
    init(_ name: HTTPHeaderName, of request: HTTPRequest) {
        let values = request.headers.all(name).map { trimmed($0) }
        switch values.count {
        case 0: self = .absent
        case 1: self = .value(values[0])
        default: self = .repeated(values)
        }
    }

    /// The one value there is.
    var value: String? {
        guard case .value(let value) = self else { return nil }
        return value
    }

    /// Whether a version is a mark of the stateless era, also one that nobody has published yet.
    var marksStatelessEra: Bool {
        let first = Revision.july2026.rawValue.utf8
        let isLate = { (text: String) in !text.utf8.lexicographicallyPrecedes(first) }
        return switch self {
        case .absent: false
        case .value(let value): isLate(value)
        case .repeated(let values): values.contains(where: isLate)
        }
    }
}

extension Message {
    /// The parameter that `Mcp-Name` repeats, by method. Also for methods that this server lacks: a header is checked
    /// before the method is looked up.
    private static let namedParameters = [
        "tools/call": "name", "prompts/get": "name", "resources/read": "uri",
        "tasks/get": "taskId", "tasks/update": "taskId", "tasks/cancel": "taskId",
    ]

    /// Whether the method is one of those whose requests have an `Mcp-Name`.
    var isRoutedByName: Bool { method.map { Message.namedParameters[$0] != nil } ?? false }

    /// What `Mcp-Name` has to repeat; `nil` where the method has none, or the parameter is missing.
    package var routedName: String? {
        method.flatMap { Message.namedParameters[$0] }.flatMap { params?[$0]?.string }
    }
}
