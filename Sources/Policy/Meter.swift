package import Identity

/// One of the windows in which calls of tools are counted: whose calls, which, and for how long.
///
/// Windows begin with a minute, an hour and a month of UTC, by the clock of the database. The raw value is what rows and
/// the metric say; the order is that in which rows are locked.
package enum Meter: String, Sendable, CaseIterable {
    case credentialMinute = "credential_minute"
    case credentialHour = "credential_hour"
    case credentialMonth = "credential_month"
    /// Of a credential's calls those that change many rows or reach beyond the workspace.
    case sensitiveMinute = "sensitive_minute"
    case serverMinute = "server_minute"
    case serverHour = "server_hour"
    case serverMonth = "server_month"
    case workspaceMinute = "workspace_minute"
    case workspaceHour = "workspace_hour"
    case workspaceMonth = "workspace_month"

    /// Whose calls a window counts: one credential's, or together those of all credentials of a server or a workspace.
    package enum Scope: String, Sendable, CaseIterable {
        case credential
        case server
        case workspace
    }

    /// Whose calls.
    package var scope: Scope {
        switch self {
        case .credentialMinute, .credentialHour, .credentialMonth, .sensitiveMinute: .credential
        case .serverMinute, .serverHour, .serverMonth: .server
        case .workspaceMinute, .workspaceHour, .workspaceMonth: .workspace
        }
    }

    /// The word for the length of the window.
    package var span: String {
        switch self {
        case .credentialMinute, .sensitiveMinute, .serverMinute, .workspaceMinute: "minute"
        case .credentialHour, .serverHour, .workspaceHour: "hour"
        case .credentialMonth, .serverMonth, .workspaceMonth: "month"
        }
    }

    /// Which of them.
    package var kind: String { self == .sensitiveMinute ? "sensitive_writes" : "calls" }

    /// How many calls the window has room for; `nil` if they are not counted.
    package func limit(in limits: CallLimits) -> Int? {
        switch self {
        case .credentialMinute: limits.credential.perMinute
        case .credentialHour: limits.credential.perHour
        case .credentialMonth: limits.credential.perMonth
        case .sensitiveMinute: limits.credential.sensitivePerMinute
        case .serverMinute: limits.server.perMinute
        case .serverHour: limits.server.perHour
        case .serverMonth: limits.server.perMonth
        case .workspaceMinute: limits.workspace.perMinute
        case .workspaceHour: limits.workspace.perHour
        case .workspaceMonth: limits.workspace.perMonth
        }
    }

    /// Whether a call counts in the window.
    func counts(_ isSensitive: Bool) -> Bool { isSensitive || self != .sensitiveMinute }

    /// How many calls a node holds at most for callers that have not come yet; 0 if it takes each call when it comes.
    ///
    /// A fiftieth of what a minute has room for, at most 32 of an hour and a month: so much is missing there when a node
    /// breaks off, for only one that ends in good order gives it back.
    func spare(of limit: Int) -> Int {
        guard self != .sensitiveMinute, limit >= 100 else { return 0 }
        return span == "minute" ? limit / 50 : min(limit / 50, 32)
    }
}
