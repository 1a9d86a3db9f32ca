import Crypto
package import Identity
import JSON
package import MCP
import Postgres

// What tools feed: resources, prompts, and suggestions for what people fill in. Each is shown, and answered, exactly for
// those who see the tools that feed it.
extension ToolProvider {
    package func resources(for caller: ToolCaller) -> [ResourceDescription] {
        visibleResources(to: caller.principal.access).flatMap { $0.listed(for: caller.principal.access, in: registry) }
    }

    package func resourceTemplates(for caller: ToolCaller) -> [ResourceTemplate] {
        visibleResources(to: caller.principal.access).compactMap(\.template)
    }

    package func prompts(for caller: ToolCaller) -> [PromptDescription] {
        registry.prompts.filter { registry.shows($0.tools, to: caller.principal.access) }.map(\.described)
    }

    /// Nothing is decided before the credential stands beside the request; see ``prepare(_:from:)-(FetchRequest,_)``.
    package func prepare(_ request: FetchRequest) -> FetchRequest? { request }

    /// Reads what is asked for and makes the statements, talking to nobody.
    package func prepare(_ request: FetchRequest, from credential: PresentedCredential) -> PreparedFetch {
        let workspace: SQL = "\(credential.workspace)::uuid"
        switch request.subject {
        case .resource(let uri): return prepare(resource: uri, in: workspace)
        case .prompt(let name, let arguments): return prepare(prompt: name, arguments)
        case .completion(let request): return prepare(request, in: workspace, credential)
        }
    }

    private func visibleResources(to access: ToolAccess) -> [Resource] {
        registry.resources.filter { $0.isVisible(to: access, in: registry) }
    }

    /// Whether a caller has every one of these tools.
    private func shows(_ tools: [String]) -> PreparedFetch.Visibility {
        { [registry] in registry.shows(tools, to: $0) }
    }

    private func nothing(_ digest: [UInt8]) -> PreparedFetch {
        let nobody: PreparedFetch.Visibility = { _ in false }
        return PreparedFetch(nil, digest, nobody) { (_, _) throws(ToolError) in .missing }
    }

    // MARK: Resources

    private func prepare(resource uri: String, in workspace: SQL) -> PreparedFetch {
        let digest = Digest.sha256(Array(uri.utf8))
        for resource in registry.resources {
            guard let value = resource.value(in: uri), let tools = resource.tools(for: value) else { continue }
            let read = resource.read(value, workspace)
            return PreparedFetch(resource.name, digest, shows(tools), read?.statements ?? []) {
                (results, principal) throws(ToolError) in
                guard let read else { return .missing }
                let json = try read.answer(results, principal).released(for: principal.access).structured
                let contents = ResourceContents(uri: uri, mimeType: Resource.mimeType, body: .json(json))
                return .resource(ResourceResult([contents], ttl: resource.ttl))
            }
        }
        return nothing(digest)
    }

    // MARK: Prompts

    private func prepare(prompt name: String, _ given: [String: String]) -> PreparedFetch {
        let digest = Digest.sha256(canonical([name], given))
        guard let prompt = registry.prompts.first(where: { $0.name == name }) else { return nothing(digest) }
        let read: Result<Arguments, ToolError>
        do throws(ToolError) {
            read = .success(try prompt.read(given))
        } catch {
            read = .failure(error)
        }
        return PreparedFetch(name, digest, shows(prompt.tools)) { (_, principal) throws(ToolError) in
            let text = prompt.text(try read.get(), principal)
            return .prompt(PromptResult([.init(.user, .text(text))], description: prompt.description))
        }
    }

    // MARK: Suggestions

    private func prepare(
        _ request: CompletionRequest, in workspace: SQL, _ credential: PresentedCredential
    ) -> PreparedFetch {
        let asked =
            switch request.reference {
            case .prompt(let name): ["prompt", name]
            case .resource(let uri): ["resource", uri]
            }
        let digest = Digest.sha256(canonical(asked + [request.argument, request.value], [:]))
        guard let field = field(request) else { return nothing(digest) }
        let lookup = field.suggestions?.lookup(String(request.value.prefix(200)), workspace)
        let further = lookup?.search.flatMap { search in
            read(search, from: credential).map { (read: $0, value: search.value) }
        }
        let last = PreparedFetch(field.name, digest, field.isVisible) { (_, _) throws(ToolError) in
            .completion(Completion([]))
        }
        return PreparedFetch(field.name, digest, field.isVisible, lookup?.statements ?? []) {
            (results, principal) throws(ToolError) -> PreparedFetch.Progress in
            var values = field.words(principal.access).filter { $0.hasPrefix(request.value) }
            if let lookup, self.registry.shows(field.suggestions?.tools ?? [], to: principal.access) {
                values += lookup.values(results).map(self.suggestion)
                if values.isEmpty, let further {
                    return .more(
                        last.following(further.read) { (found) throws(ToolError) in
                            let others = try found.items.compactMap(further.value).map(self.suggestion)
                            return .completion(Completion(others.withoutRepetition))
                        })
                }
            }
            return .ended(.completion(Completion(values)))
        }
    }

    /// Names of customers are among them, which people pick from a list.
    private func suggestion(_ value: String) -> String { Untrusted.line(value, limit: 200) }

    /// The read of a tool that suggestions come from.
    private func read(_ search: Suggestions.Search, from credential: PresentedCredential) -> Read? {
        guard let tool = registry[search.tool],
            let arguments = try? JSONDocument(RawJSON(search.arguments).bytes).root,
            case .read(_, _, let read) = prepare(tool, arguments, given: nil, nil, from: credential)
        else { return nil }
        return read
    }

    /// Something that a person fills in: where, and with what.
    private struct Field: Sendable {
        let name: String
        let isVisible: PreparedFetch.Visibility
        var suggestions: Suggestions?
        /// Words to choose from, where these are all there are.
        var words: @Sendable (ToolAccess) -> [String] = { _ in [] }
    }

    private func field(_ request: CompletionRequest) -> Field? {
        switch request.reference {
        case .prompt(let name):
            guard let prompt = registry.prompts.first(where: { $0.name == name }),
                let argument = prompt.arguments.first(where: { $0.parameter.name == request.argument })
            else { return nil }
            return Field(name: name, isVisible: shows(prompt.tools), suggestions: argument.suggestions)
        case .resource(let uri):
            guard let resource = registry.resources.first(where: { $0.uri == uri }),
                resource.variableName == request.argument
            else { return nil }
            var field = Field(name: resource.name, isVisible: { resource.isVisible(to: $0, in: self.registry) })
            switch resource.variable {
            case .open(let suggestions): field.suggestions = suggestions
            case .closed: field.words = { resource.words(for: $0, in: self.registry) }
            case nil: break
            }
            return field
        }
    }

    private func canonical(_ texts: [String], _ named: [String: String]) -> [UInt8] {
        let sorted = named.sorted { $0.key < $1.key }.flatMap { [$0.key, $0.value] }
        return (texts + sorted).flatMap { Array("\($0.utf8.count):".utf8) + Array($0.utf8) }
    }
}

extension Resource {
    static let mimeType = "application/json"

    /// Whether a caller with these settings has it, at some address at least.
    fileprivate func isVisible(to access: ToolAccess, in registry: ToolRegistry) -> Bool {
        guard case .closed = variable else { return registry.shows(tools, to: access) }
        return !words(for: access, in: registry).isEmpty
    }

    /// The words that a variable may stand for.
    fileprivate func words(for access: ToolAccess, in registry: ToolRegistry) -> [String] {
        choices.filter { registry.shows(tools + $0.tools, to: access) }.map(\.word)
    }

    private var choices: [Choice] {
        guard case .closed(let choices) = variable else { return [] }
        return choices
    }

    /// The addresses that a list shows: the only one, or one for each word.
    fileprivate func listed(for access: ToolAccess, in registry: ToolRegistry) -> [ResourceDescription] {
        guard let variableName else {
            return [described(ResourceDescription(uri: uri, name: name), title, description)]
        }
        let words = words(for: access, in: registry)
        return choices.filter { words.contains($0.word) }.map { choice in
            let address = uri.replacing("{\(variableName)}", with: choice.word)
            let bare = ResourceDescription(uri: address, name: "\(name)_\(choice.word)")
            return described(bare, choice.title, choice.description)
        }
    }

    private func described(
        _ bare: ResourceDescription,
        _ title: String,
        _ description: String
    ) -> ResourceDescription {
        var resource = bare
        (resource.title, resource.description) = (title, description)
        resource.mimeType = Resource.mimeType
        resource.annotations = annotations
        return resource
    }

    /// The pattern as a list shows it, if there is one.
    fileprivate var template: ResourceTemplate? {
        guard variableName != nil else { return nil }
        var template = ResourceTemplate(
            uriTemplate: uri, name: name, title: title, description: description, mimeType: Resource.mimeType
        )
        template.annotations = annotations
        return template
    }
}

extension Prompt {
    fileprivate var described: PromptDescription {
        PromptDescription(
            name: name, title: title, description: description,
            arguments: arguments.map { argument in
                .init(
                    argument.parameter.name, title: argument.title, description: argument.parameter.meaning,
                    isRequired: argument.parameter.isRequired
                )
            }
        )
    }

    /// Reads what a person filled in; an empty field is one that was left out.
    ///
    /// - Throws: ``ToolError`` with every mistake at once.
    fileprivate func read(_ given: [String: String]) throws(ToolError) -> Arguments {
        let members = given.sorted { $0.key < $1.key }.compactMap { name, text -> JSONMember? in
            let text = text.trimmingWhitespace
            guard !text.isEmpty else { return nil }
            let parameter = arguments.first { $0.parameter.name == name }?.parameter
            if case .integer = parameter?.kind, let number = Int64(text) { return JSONMember(name, .integer(number)) }
            return JSONMember(name, .string(text))
        }
        // What was just written down can be read.
        guard let document = try? JSONDocument(RawJSON(.object(members)).bytes) else {
            throw ToolError(.internalError, "Something went wrong on our side.")
        }
        return try Arguments(document.root, for: arguments.map(\.parameter))
    }
}

extension [String] {
    /// Each text where it comes first.
    fileprivate var withoutRepetition: [String] {
        var seen: Set<String> = []
        return filter { seen.insert($0).inserted }
    }
}

extension String {
    /// The text without blanks and line ends around it.
    fileprivate var trimmingWhitespace: String {
        let start = drop(while: \.isWhitespace)
        guard let last = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(start[...last])
    }
}
