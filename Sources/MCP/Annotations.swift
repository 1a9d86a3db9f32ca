import JSON

/// Who something is for, and how much it matters.
package struct Annotations: Sendable, Equatable {
    /// Who should see it; nobody named means everybody.
    package var audience: [Role]
    /// From 0, not needed, to 1, required.
    package var priority: Double?
    /// When it was changed last, as RFC 3339.
    package var lastModified: String?

    /// Says who something is for.
    package init(audience: [Role] = [], priority: Double? = nil, lastModified: String? = nil) {
        self.audience = audience
        self.priority = priority
        self.lastModified = lastModified
    }

    /// The member for clients of a revision, or none if there is nothing to say.
    func members(for revision: Revision) -> [JSONMember] {
        var members: [JSONMember] = []
        if !audience.isEmpty {
            members.append(JSONMember("audience", .array(audience.map { .string($0.rawValue) })))
        }
        if let priority { members.append(JSONMember("priority", .double(priority))) }
        if revision.has(.titles), let lastModified {
            members.append(JSONMember("lastModified", .string(lastModified)))
        }
        return members.isEmpty ? [] : [JSONMember("annotations", .object(members))]
    }
}

/// A side of a conversation.
package enum Role: String, Sendable {
    case user
    case assistant
}
