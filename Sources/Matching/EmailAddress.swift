/// An e-mail address, folded for comparison.
package struct EmailAddress: Sendable, Hashable {
    /// What is before the `@`.
    package let local: String
    /// What is after it.
    package let domain: String

    /// The whole address.
    package var whole: String { "\(local)@\(domain)" }

    /// Reads an address, alone or as in `Anna <anna@example.com>` or `mailto:anna@example.com`; `nil` if it is none.
    package init?(_ text: String) {
        guard case .address(let address) = EmailQuery(text) else { return nil }
        self = address
    }

    /// Takes parts that are folded already.
    package init(local: String, domain: String) {
        self.local = local
        self.domain = domain
    }
}

/// A query that asks for e-mail addresses. Case, marks and width do not count.
package enum EmailQuery: Sendable, Hashable {
    /// This address: `anna@example.com`.
    case address(EmailAddress)
    /// All addresses of a domain: `@example.com`.
    case domain(String)
    /// All addresses with this before the `@`: `anna@`.
    case local(String)

    /// Reads a query with one `@`; `nil` for everything else.
    package init?(_ text: String) {
        guard text.utf8.count <= Self.maxBytes else { return nil }
        var folded = Folding.fold(text)[...]
        if let open = folded.lastIndex(of: "<"), let close = folded.lastIndex(of: ">"), open < close {
            folded = folded[folded.index(after: open)..<close]
        }
        folded = folded.trimmed { $0 == " " || $0 == "." || $0 == "," || $0 == ";" }
        if folded.hasPrefix("mailto:") { folded = folded.dropFirst("mailto:".count) }
        let parts = folded.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, !folded.contains(" ") else { return nil }
        let (local, domain) = (String(parts[0]), String(parts[1]))
        switch (local.isEmpty, domain.isEmpty) {
        case (false, false): self = .address(EmailAddress(local: local, domain: domain))
        case (true, false): self = .domain(domain)
        case (false, true): self = .local(local)
        case (true, true): return nil
        }
    }

    /// Tells whether a stored address is asked for.
    package func matches(_ stored: EmailAddress) -> Bool {
        switch self {
        case .address(let address): address == stored
        case .domain(let domain): domain == stored.domain
        case .local(let local): local == stored.local
        }
    }

    private static let maxBytes = 512
}

extension Substring {
    /// Gives the text without the characters at both ends that are to go.
    fileprivate func trimmed(_ isUnwanted: (Character) -> Bool) -> Substring {
        var rest = drop(while: isUnwanted)
        while let last = rest.last, isUnwanted(last) { rest.removeLast() }
        return rest
    }
}
