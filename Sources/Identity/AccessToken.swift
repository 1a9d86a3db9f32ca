import Crypto

/// The secret that a client sends: `mcp_live_` or `sk_live_`, six characters that name the workspace, 43 random ones, six that check.
///
/// The workspace's six are the start of a digest of its identifier. So a token sent to another workspace is told from
/// an unknown one by its form alone: nothing is looked up, no index spans workspaces, and the answer is the same
/// whether or not that other workspace exists. The check characters (CRC-32) let a mistyped token, or a
/// secret scanner, decide without the database.
package struct AccessToken: Sendable {
    /// What a token is for, which is what it begins with.
    package enum Kind: String, Sendable, CaseIterable {
        /// An assistant's token.
        case token = "mcp_live_"
        /// A key as Workestra's clients know them.
        case key = "sk_live_"

        /// Which tools a credential of this kind lists, unless it is told otherwise.
        package var profile: Profile {
            switch self {
            case .token: .taskTracking
            case .key: .workestra
            }
        }
    }

    private static let markLength = 6
    private static let secretLength = 43
    private static let checkLength = 6

    /// The whole token. It is shown once, to the person who made it, and never logged or stored.
    package let text: String
    package let kind: Kind

    /// Makes a token for a workspace from 256 random bits.
    package init(for workspace: WorkspaceID, kind: Kind = .token) {
        self.kind = kind
        let secret = AccessToken.pad(Base62.encode(SecureRandom.bytes(32)), to: AccessToken.secretLength)
        let body = kind.rawValue + AccessToken.mark(of: workspace.text) + secret
        text = body + AccessToken.check(of: Array(body.utf8))
    }

    /// Takes over a token that was sent, if it has the form of one.
    ///
    /// - Returns: `nil` if the length, an alphabet or the check characters are wrong.
    package init?(_ text: String) {
        guard let kind = AccessToken.kind(of: text) else { return nil }
        let expected =
            kind.rawValue.utf8.count + AccessToken.markLength + AccessToken.secretLength + AccessToken.checkLength
        let bytes = Array(text.utf8)
        guard bytes.count == expected else { return nil }
        let check = AccessToken.check(of: Array(bytes.dropLast(AccessToken.checkLength)))
        guard check.utf8.elementsEqual(bytes.suffix(AccessToken.checkLength)) else { return nil }
        self.text = text
        self.kind = kind
    }

    /// What a text is that begins like a token; `nil` if it does not.
    package static func kind(of text: String) -> Kind? { Kind.allCases.first { text.hasPrefix($0.rawValue) } }

    /// Whether the token was made for the workspace with this text in the path. The text need not be well formed.
    package func isMade(for workspace: String) -> Bool {
        let mark = text.utf8.dropFirst(kind.rawValue.utf8.count).prefix(AccessToken.markLength)
        return mark.elementsEqual(AccessToken.mark(of: workspace).utf8)
    }

    /// What may be shown afterwards: the prefix, an ellipsis and the last four characters.
    package var preview: String { kind.rawValue + "…" + text.suffix(4) }

    /// Whether what was sent is a preview that somebody copied from a list instead of the token.
    package static func isPreview(_ text: String) -> Bool {
        guard let kind = kind(of: text) else { return false }
        let rest = text.dropFirst(kind.rawValue.count)
        return rest.contains("…") || rest.contains("...") || rest.contains("*") || rest.contains("•")
            || rest.count <= 4
    }

    private static func mark(of workspace: String) -> String {
        let digest = Digest.sha256(Array(("workspace " + workspace).utf8))
        return String(pad(Base62.encode(Array(digest.prefix(5))), to: markLength).suffix(markLength))
    }

    private static func check(of body: [UInt8]) -> String {
        let sum = CRC32.checksum(body)
        let bytes = (0..<4).map { UInt8(truncatingIfNeeded: sum >> (24 - 8 * UInt32($0))) }
        return pad(Base62.encode(bytes), to: checkLength)
    }

    private static func pad(_ text: String, to length: Int) -> String {
        let missing = length - text.utf8.count
        return missing > 0 ? String(repeating: "0", count: missing) + text : text
    }
}
