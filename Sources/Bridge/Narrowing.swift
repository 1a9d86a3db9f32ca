import JSON

/// The name of a tool, compared as bytes: `==` on texts would also find other spellings of the same characters.
struct ToolName: Hashable {
    private let bytes: [UInt8]

    init(_ text: String) { bytes = Array(text.utf8) }
}

/// What the bridge leaves of the tools that the endpoint shows. It never adds any.
package struct Narrowing: Sendable, Equatable {
    /// Whether only tools remain that say that they change nothing.
    let isReadOnly: Bool
    private let names: [String]?

    /// Leaves everything.
    package static let none = Narrowing()

    private init() {
        isReadOnly = false
        names = nil
    }

    /// Leaves some tools.
    ///
    /// - Parameters:
    ///   - isReadOnly: Leaves only tools that say that they change nothing.
    ///   - names: Leaves only the tools with these names; `nil` leaves all.
    /// - Throws: ``BridgeError`` if there are no names, or one is none of a tool: a mistake must not leave everything.
    package init(isReadOnly: Bool, names: [String]?) throws(BridgeError) {
        if let names {
            guard !names.isEmpty else {
                throw BridgeError(.tools, "--tools names no tool; it can be names separated by commas.")
            }
            for name in names where !Self.isToolName(name) {
                throw BridgeError(
                    .tools,
                    "--tools holds \(name.prefix(64)), which is no name of a tool; names have letters, digits, "
                        + "_, -, . and / and are separated by commas."
                )
            }
        }
        self.isReadOnly = isReadOnly
        self.names = names
    }

    /// Whether anything is left out at all.
    var leavesAll: Bool { !isReadOnly && names == nil }

    /// Whether a tool remains as far as its name goes.
    func admits(_ name: String) -> Bool {
        names.map { $0.contains { ToolName($0) == ToolName(name) } } ?? true
    }

    /// Whether a tool of a list remains.
    func shows(_ tool: JSONNode) -> Bool {
        guard !leavesAll else { return true }
        guard let name = tool["name"]?.string, admits(name) else { return false }
        return !isReadOnly || ToolCatalog.isReadOnly(tool)
    }

    private static func isToolName(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 128
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "a")...UInt8(ascii: "z"):
                    true
                default: "_-./".utf8.contains(byte)
                }
            }
    }
}
