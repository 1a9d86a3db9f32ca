package import JSON

/// The name and version of a program that speaks the protocol, and how to show it.
package struct Implementation: Sendable, Equatable {
    /// The identifier.
    package let name: String
    /// The version, in any form.
    package let version: String
    /// What people call it.
    package var title: String?
    /// One sentence about it.
    package var description: String?
    /// Where to read more.
    package var websiteURL: String?
    /// Pictures for it.
    package var icons: [Icon]

    /// Describes a program.
    package init(
        name: String,
        version: String,
        title: String? = nil,
        description: String? = nil,
        websiteURL: String? = nil,
        icons: [Icon] = []
    ) {
        self.name = name
        self.version = version
        self.title = title
        self.description = description
        self.websiteURL = websiteURL
        self.icons = icons
    }

    /// Reads what a client says of itself; `nil` unless name and version are texts.
    init?(_ node: JSONNode) {
        guard let name = node["name"]?.string, let version = node["version"]?.string else { return nil }
        self.init(name: name, version: version)
    }

    /// The object that clients of a revision know.
    package func json(for revision: Revision) -> JSONValue {
        var members = [JSONMember("name", .string(name)), JSONMember("version", .string(version))]
        if revision.has(.titles), let title { members.append(JSONMember("title", .string(title))) }
        if revision.has(.icons) {
            if let description { members.append(JSONMember("description", .string(description))) }
            if let websiteURL { members.append(JSONMember("websiteUrl", .string(websiteURL))) }
            if !icons.isEmpty { members.append(JSONMember("icons", .array(icons.map(\.json)))) }
        }
        return .object(members)
    }
}

/// A picture that a client may fetch without credentials.
package struct Icon: Sendable, Equatable {
    /// The background that a picture is made for.
    package enum Theme: String, Sendable {
        case light
        case dark
    }

    /// An `https:` or `data:` address.
    package let source: String
    /// The media type, such as `image/png`.
    package var mimeType: String?
    /// Sizes such as `48x48`, or `any`.
    package var sizes: [String]
    /// The background it is made for, if it matters.
    package var theme: Theme?

    /// Describes a picture.
    package init(source: String, mimeType: String? = nil, sizes: [String] = [], theme: Theme? = nil) {
        self.source = source
        self.mimeType = mimeType
        self.sizes = sizes
        self.theme = theme
    }

    /// The object that clients know.
    package var json: JSONValue {
        var members = [JSONMember("src", .string(source))]
        if let mimeType { members.append(JSONMember("mimeType", .string(mimeType))) }
        if !sizes.isEmpty { members.append(JSONMember("sizes", .array(sizes.map { .string($0) }))) }
        if let theme { members.append(JSONMember("theme", .string(theme.rawValue))) }
        return .object(members)
    }
}
