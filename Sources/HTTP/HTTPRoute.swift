/// A method and a path pattern, and what is behind them.
///
/// A pattern is a path whose segments are literal (`/healthz`), a parameter (`/w/{workspace}/mcp`) or, at the end, the
/// rest of the path (`/.well-known/oauth-protected-resource/{path...}`). A slash at the end does not matter.
package struct HTTPRoute<Destination: Sendable>: Sendable {
    enum Segment: Sendable, Equatable {
        case literal(String)
        case parameter(String)
        case rest(String)
    }

    let method: HTTPMethod
    let segments: [Segment]
    let destination: Destination

    /// Binds a method and a pattern to a destination.
    package init(_ method: HTTPMethod, _ pattern: String, _ destination: Destination) {
        self.method = method
        self.destination = destination
        segments = pattern.split(separator: "/").map { segment in
            guard segment.hasPrefix("{"), segment.hasSuffix("}") else { return .literal(String(segment)) }
            let name = segment.dropFirst().dropLast()
            return name.hasSuffix("...") ? .rest(String(name.dropLast(3))) : .parameter(String(name))
        }
    }

    /// The parameters if the path fits, decoded.
    func parameters(for path: [Substring]) -> [String: String]? {
        var parameters: [String: String] = [:]
        for (index, segment) in segments.enumerated() {
            if case .rest(let name) = segment {
                parameters[name] = path[min(index, path.count)...].joined(separator: "/")
                return parameters
            }
            guard index < path.count else { return nil }
            switch segment {
            case .literal(let text): guard path[index] == text else { return nil }
            case .parameter(let name):
                guard let value = Self.parameterValue(path[index]) else { return nil }
                parameters[name] = value
            case .rest: break
            }
        }
        return path.count == segments.count ? parameters : nil
    }

    /// A segment decoded once; not if it would then say something else about where it is.
    private static func parameterValue(_ segment: Substring) -> String? {
        guard let value = PercentEncoding.decode(segment.utf8), value != ".", value != "..", !value.isEmpty,
            !value.utf8.contains(where: { $0 == UInt8(ascii: "/") || $0 < 0x20 || $0 == 0x7F })
        else { return nil }
        return value
    }
}

/// The routes of a program; the first that fits is taken.
package struct HTTPRouteTable<Destination: Sendable>: Sendable {
    /// What became of a method and a path.
    package enum Match: Sendable {
        /// A route fits.
        case found(Destination, parameters: [String: String])
        /// Routes fit the path, but only for these methods; `Allow` has to list them.
        case methodNotAllowed([HTTPMethod])
        /// No route fits the path.
        case notFound
    }

    private let routes: [HTTPRoute<Destination>]

    /// Takes the routes in the order in which they are tried.
    package init(_ routes: [HTTPRoute<Destination>]) { self.routes = routes }

    /// Finds the route of a request; `HEAD` is served by `GET` unless it has a route of its own.
    package func match(_ method: HTTPMethod, path: String) -> Match {
        // A doubled slash is another path, not a spelling of the same one.
        var segments = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
        if segments.last?.isEmpty == true { segments.removeLast() }
        let path = Array(segments)
        var fallback: Match?
        var allowed: [HTTPMethod] = []
        for route in routes {
            guard let parameters = route.parameters(for: path) else { continue }
            if route.method == method { return .found(route.destination, parameters: parameters) }
            if method == .head, route.method == .get, fallback == nil {
                fallback = .found(route.destination, parameters: parameters)
            }
            if !allowed.contains(route.method) { allowed.append(route.method) }
        }
        return fallback ?? (allowed.isEmpty ? .notFound : .methodNotAllowed(allowed))
    }
}
