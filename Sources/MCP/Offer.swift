package import JSON

/// What a program offers beside tools, and therefore declares; what it does not offer is "method not found".
package struct Offer: Sendable {
    /// The groups of methods that the program has.
    package var capabilities: Set<Capability>
    /// The lists that change while clients look at them, and of whose changes clients are told.
    package var changingLists: Set<ListKind>
    /// Whether clients may ask to hear when a resource changes.
    package var hasResourceSubscriptions: Bool
    /// Whether long calls may become tasks, for clients that know the extension.
    package var hasTasks: Bool
    /// Further extensions with their settings, for clients of the stateless era.
    package var extensions: [JSONMember]

    /// Offers groups of methods.
    package init(
        _ capabilities: Set<Capability> = [.tools],
        changingLists: Set<ListKind> = [],
        hasResourceSubscriptions: Bool = false,
        hasTasks: Bool = false,
        extensions: [JSONMember] = []
    ) {
        self.capabilities = capabilities
        self.changingLists = changingLists
        self.hasResourceSubscriptions = hasResourceSubscriptions
        self.hasTasks = hasTasks
        self.extensions = extensions
    }

    /// Whether a client can ask to be told of anything.
    var hasNotifications: Bool { !changingLists.isEmpty || hasResourceSubscriptions || hasTasks }

    /// Whether anything is ever sent to the clients of a session unasked.
    var hasSessionStream: Bool { !changingLists.isEmpty || hasResourceSubscriptions }

    /// The capabilities that clients of a revision are told.
    func json(for revision: Revision) -> JSONValue {
        var members: [JSONMember] = []
        for capability in Capability.allCases where capabilities.contains(capability) {
            if capability == .completions, !revision.has(.completionCapability) { continue }
            var settings: [JSONMember] = []
            if capability == .resources, hasResourceSubscriptions { settings.append(JSONMember("subscribe", true)) }
            if let list = ListKind(rawValue: capability.rawValue), changingLists.contains(list) {
                settings.append(JSONMember("listChanged", true))
            }
            members.append(JSONMember(capability.rawValue, .object(settings)))
        }
        let extensions = extensions + (hasTasks ? [JSONMember(ExtensionName.tasks, [:])] : [])
        if revision.has(.extensions), !extensions.isEmpty {
            members.append(JSONMember("extensions", .object(extensions)))
        }
        return .object(members)
    }
}

/// A group of methods that the server declares, and then has.
package enum Capability: String, Sendable, CaseIterable {
    case tools
    case resources
    case prompts
    case completions
    case logging
}

/// A list that clients are told of when it changes.
package enum ListKind: String, Sendable, CaseIterable {
    case tools
    case resources
    case prompts
}

/// The extensions that this library knows itself.
package enum ExtensionName {
    /// Calls that outlive their request.
    package static let tasks = "io.modelcontextprotocol/tasks"
}
