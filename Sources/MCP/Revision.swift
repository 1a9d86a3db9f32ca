/// A published revision of the protocol; the order is the order of publication.
package enum Revision: String, Sendable, CaseIterable, Comparable {
    case november2024 = "2024-11-05"
    case march2025 = "2025-03-26"
    case june2025 = "2025-06-18"
    case november2025 = "2025-11-25"
    case july2026 = "2026-07-28"

    /// The era to which the revision belongs.
    package var era: EraName { self < .july2026 ? .handshake : .stateless }

    /// The revisions of one era, oldest first.
    package static func served(in era: EraName) -> [Revision] {
        allCases.filter { $0.era == era }
    }

    /// The revision that answers an `initialize`: the one asked for, or the newest that has the handshake.
    ///
    /// Never an error, whatever the client names: a client that cannot live with the answer disconnects.
    package static func negotiated(for requested: String) -> Revision {
        if let revision = Revision(rawValue: requested), revision.era == .handshake { return revision }
        return .november2025
    }

    /// Whether the revision has a feature.
    package func has(_ feature: RevisionFeature) -> Bool { self >= feature.since }

    /// The place in the order.
    private var place: Int {
        switch self {
        case .november2024: 0
        case .march2025: 1
        case .june2025: 2
        case .november2025: 3
        case .july2026: 4
        }
    }

    package static func < (left: Revision, right: Revision) -> Bool { left.place < right.place }

    package func hash(into hasher: inout Hasher) { hasher.combine(place) }
}

/// What a client may only be sent from some revision on.
package enum RevisionFeature: Sendable, CaseIterable {
    case toolAnnotations
    case audioContent
    case titles
    case resourceLinks
    /// `_meta` on tools and content, not only on results.
    case objectMeta
    /// `structuredContent` and `outputSchema`, an object.
    case structuredContent
    /// Icons, and what else describes an implementation.
    case icons
    /// `structuredContent` that is not an object, and a schema for it.
    case anyStructuredContent
    /// The capability for completion, whose method is older.
    case completionCapability
    /// A sentence with each piece of progress.
    case progressMessages
    /// Streams that can be taken up again.
    case resumption
    /// An event without data at the beginning of a stream.
    case priming
    /// Questions to the person.
    case elicitation
    /// Forms with titles of choices, several choices and defaults of every kind.
    case richForms
    /// Sampling in which the model may use tools.
    case samplingTools
    /// Questions that are answered on a page.
    case urlElicitation
    /// Extensions.
    case extensions

    /// The first revision that has it.
    package var since: Revision {
        switch self {
        case .toolAnnotations, .audioContent, .completionCapability, .progressMessages, .resumption: .march2025
        case .titles, .resourceLinks, .objectMeta, .structuredContent, .elicitation: .june2025
        case .icons, .priming, .urlElicitation, .richForms, .samplingTools: .november2025
        case .anyStructuredContent, .extensions: .july2026
        }
    }
}
