import HTTP

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
