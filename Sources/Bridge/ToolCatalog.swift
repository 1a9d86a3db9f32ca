import HTTPClient
import JSON
import MCP

/// What the bridge has learned of the endpoint's tools from the lists that passed.
struct ToolCatalog {
    /// What matters about one tool.
    struct Entry: Equatable {
        /// Whether it says that it changes nothing.
        let isReadOnly: Bool
        /// Whether calling it twice is as good as calling it once.
        let isRepeatable: Bool
        /// The arguments that clients of the stateless era repeat in headers.
        let mirrored: [MirroredArgument]
        fileprivate let learnedAt: ContinuousClock.Instant
    }

    private var entries: [ToolName: Entry] = [:]
    private var completedAt: ContinuousClock.Instant?
    private let age: Duration

    /// Starts with nothing known.
    ///
    /// - Parameter age: How long what was learned counts where it decides whether a call is let through.
    init(age: Duration) { self.age = age }

    /// Learns the tools of one page.
    mutating func learn(_ tools: [JSONNode], at now: ContinuousClock.Instant) {
        for tool in tools {
            guard let name = tool["name"]?.string else { continue }
            entries[ToolName(name)] = Entry(
                isReadOnly: Self.isReadOnly(tool),
                isRepeatable: Self.isReadOnly(tool) || tool["annotations"]?["idempotentHint"]?.bool == true,
                mirrored: tool["inputSchema"].flatMap { try? MirroredArgument.all(in: $0) } ?? [],
                learnedAt: now
            )
        }
    }

    /// Learns that what was learned since `start` is the whole list.
    mutating func complete(since start: ContinuousClock.Instant) {
        entries = entries.filter { $0.value.learnedAt >= start }
        completedAt = start
    }

    /// Forgets everything: the list has changed.
    mutating func forget() {
        entries = [:]
        completedAt = nil
    }

    /// What is known of a tool, however old.
    func entry(_ name: String) -> Entry? { entries[ToolName(name)] }

    /// What decides about a tool; `nil` if the list has to be asked for first.
    func freshEntry(_ name: String, at now: ContinuousClock.Instant) -> Lookup? {
        if let entry = entry(name), entry.learnedAt + age > now { return .known(entry) }
        if let completedAt, completedAt + age > now { return .missing }
        return nil
    }

    /// What a fresh list says about a name.
    enum Lookup: Equatable {
        case known(Entry)
        case missing
    }

    /// Whether a tool of a list says that it changes nothing.
    static func isReadOnly(_ tool: JSONNode) -> Bool { tool["annotations"]?["readOnlyHint"]?.bool == true }

    /// Whether clients of the stateless era may use a tool: its annotations of headers make sense.
    static func isUsable(_ tool: JSONNode) -> Bool {
        guard let schema = tool["inputSchema"] else { return true }
        return (try? MirroredArgument.all(in: schema)) != nil
    }
}
