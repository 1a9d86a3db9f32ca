package import JSON

/// What a client has said that it can do; the server uses nothing else.
package struct ClientCapabilities: Sendable, Equatable {
    /// The capabilities of the core, one bit each, so that a session id can carry them.
    package struct Flags: OptionSet, Sendable, Hashable {
        package let rawValue: UInt16

        package init(rawValue: UInt16) { self.rawValue = rawValue }

        /// Lists roots.
        package static var roots: Self { Self(rawValue: 1 << 0) }
        /// Samples from a model.
        package static var sampling: Self { Self(rawValue: 1 << 1) }
        /// Samples with tools.
        package static var samplingTools: Self { Self(rawValue: 1 << 2) }
        /// Samples with context of other servers.
        package static var samplingContext: Self { Self(rawValue: 1 << 3) }
        /// Asks people with a form.
        package static var formElicitation: Self { Self(rawValue: 1 << 4) }
        /// Sends people to a page.
        package static var urlElicitation: Self { Self(rawValue: 1 << 5) }
    }

    /// The capabilities of the core.
    package let flags: Flags
    /// The extensions that the client names, such as `io.modelcontextprotocol/tasks`.
    package let extensions: Set<String>

    /// Takes capabilities as they were remembered.
    package init(flags: Flags = [], extensions: Set<String> = []) {
        self.flags = flags
        self.extensions = extensions
    }

    /// Reads the object that a client sends; unknown members are ignored.
    package init(_ node: JSONNode) {
        var flags: Flags = []
        if node["roots"] != nil { flags.insert(.roots) }
        if let sampling = node["sampling"] {
            flags.insert(.sampling)
            if sampling["tools"] != nil { flags.insert(.samplingTools) }
            if sampling["context"] != nil { flags.insert(.samplingContext) }
        }
        if let elicitation = node["elicitation"] {
            let hasURL = elicitation["url"] != nil
            if hasURL { flags.insert(.urlElicitation) }
            // An object that names no mode means the form, the only mode there was at first.
            if elicitation["form"] != nil || !hasURL { flags.insert(.formElicitation) }
        }
        self.init(flags: flags, extensions: Set((node["extensions"]?.members ?? []).map(\.name)))
    }
}
