import HTTP

/// What load balancers and operators ask.
enum Health {
    /// The process runs and answers.
    static let alive = HTTPResponse.json(Array(#"{"status":"ok"}"#.utf8))

    /// Whether calls would be served now: the database answers, and the service is not about to stop.
    static func readiness(isDatabaseHealthy: Bool, isStopping: Bool) -> HTTPResponse {
        if isStopping { return unready("stopping") }
        return isDatabaseHealthy ? .json(Array(#"{"status":"ready"}"#.utf8)) : unready("database_unavailable")
    }

    private static func unready(_ reason: String) -> HTTPResponse {
        .json(Array("{\"status\":\"unready\",\"reason\":\"\(reason)\"}".utf8), status: .serviceUnavailable)
    }
}
