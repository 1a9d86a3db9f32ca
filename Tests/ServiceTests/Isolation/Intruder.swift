import Catalog
import Identity
import JSON
import Postgres
import TestSupport
import Tools

/// Calls every tool for A with everything of B in every argument that can carry it, and looks for B in the answers.
///
/// The tools and their parameters come from the registry: a new tool is tried without a line here. An answer is a leak
/// if it holds B's name or a key of B's rows that the caller did not send, or if it differs from the answer to the same
/// call with a value that nobody has: whoever can tell the two apart can find out what exists in B.
final class Intruder {
    /// An argument that can carry something of B, and the other arguments with which the call gets past validation.
    struct Opening: Sendable {
        let tool: String
        let path: [String]
        /// Other arguments, filled with A's own values.
        let others: [String]

        var name: String { "\(tool).\(path.joined(separator: "."))" }
    }

    let bench: Bench
    private let connection: Connection
    let a: TestWorkspace
    private let b: TestWorkspace
    let values: [ForeignValue]
    private let foreignKeys: [String]
    /// B's cursors by opening, taken while B could still use its tools.
    private var cursors: [String: (foreign: String?, own: String?)] = [:]
    private var clients: [String: Client] = [:]
    /// Whose endpoint and token the calls use.
    private let caller: TestWorkspace

    /// - Parameter caller: A in the product. An experiment that turns the statements' own condition to B calls as B.
    init(_ bench: Bench, a: TestWorkspace, b: TestWorkspace, callingAs caller: TestWorkspace? = nil) throws {
        self.bench = bench
        connection = try bench.database.connect(as: .owner)
        self.a = a
        self.b = b
        self.caller = caller ?? a
        values = try ForeignValue.all(of: b, beside: a, in: bench)
        foreignKeys = values.compactMap { value in
            guard case .identifier = value.kind else { return nil }
            return String(value.foreign.suffix(32))
        }
    }

    /// Two workspaces that are there only for finding openings.
    private convenience init(_ bench: Bench) throws {
        try self.init(bench, a: bench.workspace("Alder"), b: bench.workspace("Bluebird"))
    }

    // MARK: Openings

    /// Every argument of every tool that can carry something of B.
    ///
    /// Found by trying with A's own values which other arguments a call needs to get past validation. An argument
    /// that never gets there is a hole in this suite, and is returned with `others` empty under `unreached`.
    static let openings = Result { try Intruder(Bench.shared.get()).findOpenings() }

    private func findOpenings() throws -> (found: [Opening], unreached: [String]) {
        var found: [Opening] = []
        var unreached: [String] = []
        // What writes comes last: texts that it stores for A would be found by A's searches.
        let tools = Catalog.registry.tools
        for tool in tools.filter({ !$0.effects.writes }) + tools.filter(\.effects.writes) {
            for path in Intruder.paths(tool.parameters) where isCarrier(tool, path) {
                let candidates = [[]] + tool.parameters.map { [$0.name] }.filter { $0 != [path[0]] }
                var open: [Opening] = []
                for candidate in candidates where open.count < (isOnlyStored(tool, path) ? 1 : 2) {
                    let opening = Opening(tool: tool.name, path: path, others: candidate)
                    if try isOpen(opening) { open.append(opening) }
                }
                if open.isEmpty { unreached.append("\(tool.name).\(path.joined(separator: "."))") }
                found += open
                if let first = open.first { found += everything(beside: first, of: tool) }
            }
        }
        return (found, unreached)
    }

    /// The same with every list of choices given in full, so that every section of an answer is asked for.
    private func everything(beside opening: Opening, of tool: Tool) -> [Opening] {
        let choices = tool.parameters.filter { parameter in
            if case .choices = parameter.kind { return true }
            return false
        }
        guard !choices.isEmpty else { return [] }
        return [Opening(tool: tool.name, path: opening.path, others: opening.others + choices.map(\.name))]
    }

    /// Whether an argument names nothing: text that a write puts into a row.
    private func isOnlyStored(_ tool: Tool, _ path: [String]) -> Bool {
        guard tool.effects.writes, tool.toolset != "core" else { return false }
        return switch Intruder.parameter(at: path, in: tool.parameters)?.kind {
        case .text, .texts: true
        default: false
        }
    }

    private func isCarrier(_ tool: Tool, _ path: [String]) -> Bool {
        guard let parameter = Intruder.parameter(at: path, in: tool.parameters) else { return false }
        return values.contains { $0.fits(parameter) }
    }

    /// Whether some value of A's own gets past the validation of arguments.
    private func isOpen(_ opening: Opening) throws -> Bool {
        if opening.path == ["cursor"] {
            guard let cursor = try cursor(of: a, for: opening) else { return false }
            return try call(opening, own: true, .string(cursor), owner: a).code == nil
        }
        guard let tool = Catalog.registry[opening.tool],
            let parameter = Intruder.parameter(at: opening.path, in: tool.parameters)
        else { return false }
        for value in values where value.fits(parameter) {
            let argument = ForeignValue.argument(value.own, for: parameter)
            let reply = try call(opening, own: true, argument, owner: a)
            // Rows that were counted were looked for.
            if reply.code != "validation_failed" || reply.message.contains("`expect_count` is 0") { return true }
        }
        return false
    }

    /// The cursor behind the first row of the opening's list, as its owner gets it.
    private func cursor(of owner: TestWorkspace, for opening: Opening) throws -> String? {
        try call(opening, own: owner.id == a.id, nil, owner: owner).structured["next_cursor"]?.string
    }

    /// Takes cursors of both workspaces for the openings that need one.
    func takeCursors(_ openings: [Opening]) throws {
        for opening in openings where opening.path == ["cursor"] {
            cursors[opening.key] = (try cursor(of: b, for: opening), try cursor(of: a, for: opening))
        }
    }

    // MARK: Trying

    /// Tries everything and returns what leaked, in words.
    func leaks(through openings: [Opening]) throws -> [String] {
        var leaks: [String] = []
        for opening in openings {
            guard let tool = Catalog.registry[opening.tool],
                let parameter = Intruder.parameter(at: opening.path, in: tool.parameters)
            else { continue }
            for value in candidates(for: opening, parameter) {
                let reply = try call(
                    opening, own: true, ForeignValue.argument(value.foreign, for: parameter), owner: caller)
                let blank = try call(
                    opening, own: true, ForeignValue.argument(value.nowhere, for: parameter), owner: caller)
                if let leak = leak(reply, blank, value) { leaks.append("\(opening.name) = \(value.foreign): \(leak)") }
            }
        }
        // What tools tell without any argument. The writes took longer than a service keeps a connection that is idle.
        clients = [:]
        for tool in Catalog.registry.tools {
            let reply = try client(for: tool, of: caller).call(tool.name, Intruder.required(tool, of: a))
            if let marker = marker(in: reply.answer.text) { leaks.append("\(tool.name): \(marker)") }
        }
        return try leaks + leaksOfFetches()
    }

    private func candidates(for opening: Opening, _ parameter: Parameter) -> [ForeignValue] {
        var fitting = values.filter { $0.fits(parameter) }
        if let tool = Catalog.registry[opening.tool], isOnlyStored(tool, opening.path) {
            fitting = Array(fitting.prefix(2))
        }
        guard opening.path == ["cursor"], let cursor = cursors[opening.key], let foreign = cursor.foreign else {
            return fitting
        }
        let forged = String(foreign.dropLast(4)) + "AAAA"
        return fitting + [ForeignValue(kind: .text, foreign: foreign, own: cursor.own ?? "", nowhere: forged)]
    }

    private func leak(_ reply: ToolReply, _ blank: ToolReply, _ value: ForeignValue) -> String? {
        guard reply.answer.status == 200, reply.rpcCode == nil else { return "no answer: \(reply.answer.text)" }
        let unsent = reply.answer.text.replacing(value.foreign, with: "")
        if let marker = marker(in: unsent) { return marker }
        let told = reply.structured.text.replacing(value.foreign, with: "•")
        let untold = blank.structured.text.replacing(value.nowhere, with: "•")
        return told == untold || comparable(told) == comparable(untold)
            ? nil : "can be told from a value that nobody has:\n\(told)\n\(untold)"
    }

    /// A trace of B in a text.
    func marker(in text: String) -> String? {
        if text.lowercased().contains(b.name.lowercased()) { return "B's name is in \(text)" }
        // A code by itself, in the structured content or in the text that repeats it.
        if text.contains("\"\(b.currency)\"") || text.contains("\"\(b.currency)\\") {
            return "B's currency is in \(text)"
        }
        return foreignKeys.first(where: text.contains).map { "B's key \($0) is in \(text)" }
    }

    /// An answer without what differs between two equal calls.
    func comparable(_ text: String) -> String {
        text.replacing(/"request_id":"[^"]*"/, with: "").replacing(/"next_cursor":"[^"]*"/, with: "next_cursor")
            .replacing(/<<[0-9a-f]{24}/, with: "fence")
            .replacing(/[a-z]{3}_[0-9a-f]{32}/, with: "id").replacing(/\d{4}-\d\d-\d\dT[\d:.]+Z/, with: "time")
    }

    // MARK: Calls

    private func call(_ opening: Opening, own: Bool, _ value: JSONValue?, owner: TestWorkspace) throws -> ToolReply {
        guard let tool = Catalog.registry[opening.tool] else { throw WireClient.Failure(description: opening.tool) }
        let holder = own ? a : owner
        var arguments = Intruder.required(tool, of: holder)
        for name in opening.others {
            guard let parameter = tool.parameters.first(where: { $0.name == name }) else { continue }
            arguments = arguments.adding(name, Intruder.sample(parameter, of: holder))
        }
        // What a write stores is not to be found by later calls.
        if tool.parameters.contains(where: { $0.name == "dry_run" }) { arguments = arguments.adding("dry_run", true) }
        if let value {
            arguments = Intruder.place(value, at: opening.path[...], in: arguments, tool.parameters, of: holder)
        } else if tool.parameters.contains(where: { $0.name == "limit" }) {
            arguments = arguments.adding("limit", 1)
        }
        do {
            return try client(for: tool, of: owner).call(tool.name, arguments)
        } catch {
            throw WireClient.Failure(description: "\(tool.name) \(arguments.text): \(error)")
        }
    }

    /// A client of a workspace; a fresh token for each call of a tool that writes, for failed checks are counted.
    private func client(for tool: Tool, of workspace: TestWorkspace) throws -> Client {
        if !tool.effects.writes, let client = clients[workspace.id.text] { return client }
        var settings = CredentialRegistry.Settings()
        settings.customerComments = true
        settings.profile = .all
        settings.confirmation = ConfirmationMode.none
        settings.limits = .unlimited
        let registry = CredentialRegistry(connection, in: workspace.id, pepper: TestService.pepper)
        let token = try registry.create(settings).token.text
        if let client = clients["writer " + workspace.id.text] {
            client.token = token
            return client
        }
        let client = try bench.service.client(workspace, token)
        if tool.effects.writes { clients["writer " + workspace.id.text] = client }
        if !tool.effects.writes { clients[workspace.id.text] = client }
        return client
    }

    /// A client of the caller's for what only reads.
    func reader() throws -> Client {
        if let client = clients["reader"] { return client }
        let registry = CredentialRegistry(connection, in: caller.id, pepper: TestService.pepper)
        var settings = CredentialRegistry.Settings()
        settings.customerComments = true
        settings.profile = .all
        settings.confirmation = ConfirmationMode.none
        settings.limits = .unlimited
        let client = try bench.service.client(caller, try registry.create(settings).token.text)
        clients["reader"] = client
        return client
    }

    static func required(_ tool: Tool, of workspace: TestWorkspace) -> JSONValue {
        .object(tool.parameters.filter(\.isRequired).map { JSONMember($0.name, sample($0, of: workspace)) })
    }

    /// A value that is right for the parameter and, where it names something, names something of the workspace.
    static func sample(_ parameter: Parameter, of workspace: TestWorkspace) -> JSONValue {
        switch parameter.kind {
        // A word that most of a workspace's tasks hold, so that lists have a second page.
        case .text: .string(workspace.name)
        case .choice(let words): .string(words[0])
        case .integer(let range): .integer(range.lowerBound)
        case .integers(let range, _): [.integer(range.lowerBound)]
        case .choices(let words): .array(words.map(JSONValue.string))
        case .moment: "2026-01-01"
        case .identifier(let prefix): .string(row(prefix, of: workspace))
        case .taskNumber: .integer(workspace.tasks[0].number)
        case .boolean: false
        case .decimal: 1
        case .day: "2026-01-01"
        case .money: ["amount": 100, "currency": "EUR"]
        case .names(let words): .array([.string(words[0])])
        case .texts: [.string(workspace.name)]
        case .key(let prefix, _): .string(row(prefix, of: workspace))
        case .identifiers(let prefix, _): [.string(row(prefix, of: workspace))]
        case .member: .string(workspace.members[0].id)
        case .members: [.string(workspace.members[0].id)]
        case .currency: .string(workspace.currency)
        case .objects(let parts, _): [sample(Parameter("", .object(parts), ""), of: workspace)]
        case .object(let parts):
            .object(parts.filter(\.isRequired).map { JSONMember($0.name, sample($0, of: workspace)) })
        case .record(let parts):
            .object(
                parts.first { if case .text = $0.kind { true } else { false } }.map {
                    [JSONMember($0.name, sample($0, of: workspace))]
                } ?? [])
        case .anything: [:]
        }
    }

    private static func row(_ prefix: String, of workspace: TestWorkspace) -> String {
        switch prefix {
        case "con": workspace.contacts[0].id
        case "usr": workspace.members[0].id
        case "tsk": workspace.tasks[0].id
        default: workspace.rows[prefix] ?? "\(prefix)_\(workspace.tasks[0].id.suffix(32))"
        }
    }

    /// The arguments with a value at a path, in the first element of a list of objects.
    private static func place(
        _ value: JSONValue, at path: ArraySlice<String>, in arguments: JSONValue, _ parameters: [Parameter],
        of workspace: TestWorkspace
    ) -> JSONValue {
        guard let name = path.first else { return value }
        let parameter = parameters.first { $0.name == name }
        switch parameter?.kind {
        case .objects(let parts, _) where path.count > 1:
            let first = arguments[name]?[0] ?? sample(Parameter("", .object(parts), ""), of: workspace)
            return arguments.adding(
                name, [place(value, at: path.dropFirst(), in: first, parts, of: workspace)])
        case .object(let parts) where path.count > 1, .record(let parts) where path.count > 1:
            let inner = arguments[name] ?? sample(Parameter("", .object(parts), ""), of: workspace)
            return arguments.adding(name, place(value, at: path.dropFirst(), in: inner, parts, of: workspace))
        default: return arguments.adding(name, value)
        }
    }

    private static func paths(_ parameters: [Parameter]) -> [[String]] {
        parameters.flatMap { parameter -> [[String]] in
            parts(of: parameter).map { paths($0).map { [parameter.name] + $0 } } ?? [[parameter.name]]
        }
    }

    private static func parts(of parameter: Parameter) -> [Parameter]? {
        switch parameter.kind {
        case .object(let parts), .record(let parts), .objects(let parts, _): parts
        default: nil
        }
    }

    private static func parameter(at path: [String], in parameters: [Parameter]) -> Parameter? {
        guard let found = parameters.first(where: { $0.name == path[0] }), path.count > 1 else {
            return parameters.first { $0.name == path[0] }
        }
        return parts(of: found).flatMap { parameter(at: Array(path.dropFirst()), in: $0) }
    }
}

extension Intruder.Opening {
    fileprivate var key: String { name + " " + others.joined(separator: " ") }
}
