package import Identity
package import JSON

extension CallLimits {
    /// The limits that there are, as callers read them.
    ///
    /// - Parameter more: What else is said of one.
    package func described(_ more: (Meter, Int) -> [JSONMember] = { _, _ in [] }) -> JSONValue {
        .array(
            Meter.allCases.compactMap { meter in
                meter.limit(in: self).map { meter.described(limit: $0, more(meter, $0)) }
            })
    }
}

extension Meter {
    /// A limit as callers read it.
    package func described(limit: Int, _ more: [JSONMember] = []) -> JSONValue {
        .object(
            [
                JSONMember("scope", .string(scope.rawValue)), JSONMember("per", .string(span)),
                JSONMember("of", .string(kind)),
                JSONMember("limit", .integer(Int64(limit))),
            ] + more)
    }
}
