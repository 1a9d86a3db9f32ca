package import JSON

/// Something to read, as a list shows it.
package struct ResourceDescription: Sendable {
    /// The address; clients compare it exactly.
    package let uri: String
    /// The identifier.
    package let name: String
    /// What people call it.
    package var title: String?
    /// What it is, for the model that chooses.
    package var description: String?
    /// The media type, if it is known.
    package var mimeType: String?
    /// How many bytes it has, if that is known.
    package var size: Int?
    /// Pictures for it.
    package var icons: [Icon] = []
    /// Who it is for.
    package var annotations = Annotations()
    /// Further facts, under prefixed names.
    package var meta: [JSONMember] = []

    /// Describes a resource.
    package init(
        uri: String,
        name: String,
        title: String? = nil,
        description: String? = nil,
        mimeType: String? = nil
    ) {
        self.uri = uri
        self.name = name
        self.title = title
        self.description = description
        self.mimeType = mimeType
    }

    /// The members that clients of a revision know.
    func members(for revision: Revision) -> [JSONMember] {
        var members = [JSONMember("uri", .string(uri)), JSONMember("name", .string(name))]
        members += common(title, description, mimeType, for: revision)
        if let size { members.append(JSONMember("size", .integer(Int64(size)))) }
        return members + ornaments(icons, annotations, meta, for: revision)
    }
}

/// Addresses that follow a pattern, as a list shows them.
package struct ResourceTemplate: Sendable {
    /// The pattern (RFC 6570), such as `notes://{id}`.
    package let uriTemplate: String
    /// The identifier.
    package let name: String
    /// What people call it.
    package var title: String?
    /// What its resources are, for the model that chooses.
    package var description: String?
    /// The media type, if all have the same.
    package var mimeType: String?
    /// Pictures for it.
    package var icons: [Icon] = []
    /// Who it is for.
    package var annotations = Annotations()
    /// Further facts, under prefixed names.
    package var meta: [JSONMember] = []

    /// Describes a pattern.
    package init(
        uriTemplate: String,
        name: String,
        title: String? = nil,
        description: String? = nil,
        mimeType: String? = nil
    ) {
        self.uriTemplate = uriTemplate
        self.name = name
        self.title = title
        self.description = description
        self.mimeType = mimeType
    }

    /// The members that clients of a revision know.
    func members(for revision: Revision) -> [JSONMember] {
        [JSONMember("uriTemplate", .string(uriTemplate)), JSONMember("name", .string(name))]
            + common(title, description, mimeType, for: revision)
            + ornaments(icons, annotations, meta, for: revision)
    }
}

private func common(
    _ title: String?,
    _ description: String?,
    _ mimeType: String?,
    for revision: Revision
) -> [JSONMember] {
    var members: [JSONMember] = []
    if revision.has(.titles), let title { members.append(JSONMember("title", .string(title))) }
    if let description { members.append(JSONMember("description", .string(description))) }
    if let mimeType { members.append(JSONMember("mimeType", .string(mimeType))) }
    return members
}

private func ornaments(
    _ icons: [Icon],
    _ annotations: Annotations,
    _ meta: [JSONMember],
    for revision: Revision
) -> [JSONMember] {
    var members = annotations.members(for: revision)
    if revision.has(.icons), !icons.isEmpty { members.append(JSONMember("icons", .array(icons.map(\.json)))) }
    if revision.has(.objectMeta), !meta.isEmpty { members.append(JSONMember("_meta", .object(meta))) }
    return members
}
