package import Crypto
package import Identity
package import JSON
package import Postgres

/// What a tool's body gets of a call.
package struct ToolCall: Sendable {
    package let tool: String
    package private(set) var arguments: Arguments
    /// Canonical bytes of the arguments without `cursor` and `limit`: what a cursor belongs to.
    package let query: [UInt8]
    /// SHA-256 of all canonical arguments that the client gave, without what a person added when asked.
    package let argumentsDigest: [UInt8]
    /// What tells the answers that a client of the stateless era brought from all others; an effect happens once for it.
    package private(set) var nonce: String?
    /// Workspace and token, not yet looked up; sealed values are bound to them.
    package let credential: PresentedCredential
    package let seal: Seal
    /// All tools there are, for those that tell of others or call them.
    package let registry: ToolRegistry
    /// Where people see rows, if the operator says so.
    package let web: WebAddress?
    /// Where a write notes what a preview needs to know; `nil` if nobody will be shown one.
    package private(set) var notes: WriteNotes?
    private let held: JSONNode?

    /// Reads a call's arguments.
    ///
    /// - Parameters:
    ///   - node: The arguments that hold.
    ///   - given: Those that the client gave, if a person added to them.
    /// - Throws: ``ToolError`` with every mistake at once.
    package init(
        _ tool: Tool,
        arguments node: JSONNode?,
        given: JSONNode? = nil,
        nonce: String? = nil,
        from credential: PresentedCredential,
        seal: Seal,
        registry: ToolRegistry = ToolRegistry([]),
        web: WebAddress? = nil
    ) throws(ToolError) {
        self.tool = tool.name
        arguments = try Arguments(node, for: tool.parameters)
        query = ToolCall.canonical(node) { $0 != "cursor" && $0 != "limit" }
        argumentsDigest = Digest.sha256((given ?? node)?.canonical ?? Array("{}".utf8))
        self.nonce = nonce
        self.credential = credential
        self.seal = seal
        self.registry = registry
        self.web = web
        held = node
    }

    /// Canonical bytes of the arguments that hold, what a person added among them.
    var heldArguments: [UInt8] { held?.canonical ?? Array("{}".utf8) }

    /// SHA-256 of them.
    var heldDigest: [UInt8] { Digest.sha256(heldArguments) }

    /// How the answer's rows are to stand in its text.
    package var format: ResultFormat {
        arguments.text("format").flatMap { ResultFormat(rawValue: $0) } ?? .json
    }

    /// The same call, which notes what it stands on.
    func noting(_ notes: WriteNotes) -> ToolCall {
        var call = self
        call.notes = notes
        return call
    }

    /// The part of this call that has these arguments; it has no promise of its own to happen once.
    func part(_ arguments: Arguments) -> ToolCall {
        var call = self
        call.arguments = arguments
        call.nonce = nil
        return call
    }

    /// The workspace as a bind: the condition that every statement carries beside row-level security.
    ///
    /// It comes from the path of the request, the setting that the policies compare with from the database's own
    /// check of the token; a mistake in one of them shows nothing.
    package var workspace: SQL { "\(credential.workspace)::uuid" }

    private static func canonical(_ node: JSONNode?, keeping isKept: (String) -> Bool) -> [UInt8] {
        var bytes: [UInt8] = []
        for (name, value) in (node?.members ?? []).sorted(by: { $0.name < $1.name })
        where isKept(name) && !value.isNull {
            bytes += Array(name.utf8) + [0] + value.canonical + [0]
        }
        return bytes
    }
}
