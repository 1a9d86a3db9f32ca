import Postgres

/// How many calls of tools may be made, by one credential, by all of its server and by all of its workspace together.
package struct CallLimits: Sendable, Hashable {
    /// The limits of one of the three; `nil` where there is none.
    package struct Counts: Sendable, Hashable {
        package var perMinute: Int?
        package var perHour: Int?
        package var perMonth: Int?
        /// Of calls that change many rows or reach beyond the workspace.
        package var sensitivePerMinute: Int?

        package init(
            perMinute: Int? = nil, perHour: Int? = nil, perMonth: Int? = nil, sensitivePerMinute: Int? = nil
        ) {
            self.perMinute = perMinute
            self.perHour = perHour
            self.perMonth = perMonth
            self.sensitivePerMinute = sensitivePerMinute
        }

        /// What the check of a token tells: the four in order, `-` for the standard and 0 for none.
        init(_ text: String?, standard: Counts) {
            self = standard
            guard let words = text?.split(separator: " "), words.count == 4 else { return }
            func limit(_ place: Int, _ standard: Int?) -> Int? {
                guard let number = Int(words[place]) else { return standard }
                return number > 0 ? number : nil
            }
            perMinute = limit(0, standard.perMinute)
            perHour = limit(1, standard.perHour)
            perMonth = limit(2, standard.perMonth)
            sensitivePerMinute = limit(3, standard.sensitivePerMinute)
        }

        /// What a credential has for which nothing was said.
        package static let ofCredential = Counts(perMinute: 1_000, sensitivePerMinute: 100)
        /// What a server has for which nothing was said.
        package static let ofServer = Counts()
        /// What a workspace has for which nothing was said.
        package static let ofWorkspace = Counts()
    }

    package let credential: Counts
    /// Those of the server to which the credential belongs; none where it belongs to none.
    package let server: Counts
    package let workspace: Counts

    package init(
        credential: Counts = .ofCredential, server: Counts = .ofServer, workspace: Counts = .ofWorkspace
    ) {
        self.credential = credential
        self.server = server
        self.workspace = workspace
    }

    /// What the check of a token tells of the three.
    init(credential: String?, server: String?, workspace: String?) {
        self.init(
            credential: Counts(credential, standard: .ofCredential),
            server: Counts(server, standard: .ofServer),
            workspace: Counts(workspace, standard: .ofWorkspace))
    }
}

/// What an operator says about one limit.
package enum CallLimit: Sendable, Equatable {
    /// What holds where nobody said anything.
    case standard
    /// Any number of calls.
    case none
    /// So many calls and no more.
    case calls(Int)

    /// As the row of a credential, a server or a workspace has it.
    var stored: Int? {
        switch self {
        case .standard: nil
        case .none: 0
        case .calls(let count): count
        }
    }
}

/// What an operator says about the limits of a credential, a server or a workspace; `nil` leaves one as it is.
package struct CallLimitWishes: Sendable {
    package var perMinute: CallLimit?
    package var perHour: CallLimit?
    package var perMonth: CallLimit?
    /// Heard for credentials alone.
    package var sensitivePerMinute: CallLimit?

    package init() {}

    /// Any number of calls of every kind.
    package static let unlimited: CallLimitWishes = {
        var wishes = CallLimitWishes()
        wishes.perMinute = CallLimit.none
        wishes.sensitivePerMinute = CallLimit.none
        return wishes
    }()
}

extension CallLimit? {
    /// What a column is set to: what was said, or what it is.
    func value(else column: SQL) -> SQL {
        guard let limit = self else { return column }
        return "\(limit.stored)::integer"
    }
}
