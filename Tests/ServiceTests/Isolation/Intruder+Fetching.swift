import Catalog
import Identity
import JSON
import Tools

/// The same for what is no tool: every resource, every argument of a prompt and every field with suggestions is tried with
/// everything of B. All of them come from the registry, as the tools do.
extension Intruder {
    /// What can be asked for, with a value in it or with none.
    struct Fetch {
        let name: String
        /// Whether what comes back is read from rows, so that without isolation it would be B's.
        let readsRows: Bool
        let ask: (Client, String) throws -> WireAnswer
        /// Whether an answer may differ with the value: suggestions do, by what A has.
        var suggests = false
        /// Whether there is a value to send.
        var takesValue = true
    }

    static var fetches: [Fetch] {
        let registry = Catalog.registry
        return registry.resources.flatMap(fetches) + registry.prompts.flatMap(fetches)
    }

    private static func fetches(of resource: Resource) -> [Fetch] {
        let name = "resource \(resource.uri)"
        guard let variable = resource.variable else {
            let read = Fetch(
                name: name, readsRows: true, ask: { client, _ in try client.read(resource.uri).answer },
                takesValue: false)
            return [read]
        }
        let parts = resource.uri.split(separator: "{").map(String.init)
        let argument = String(parts[1].dropLast())
        let read = Fetch(name: name, readsRows: true) { client, value in
            try client.read(parts[0] + value.escaped).answer
        }
        let suggest = suggestion("resource", resource.uri, argument)
        guard case .closed(let choices) = variable else { return [read, suggest] }
        let words = choices.map { choice in
            Fetch(
                name: "\(name) \(choice.word)", readsRows: choice.word == "task",
                ask: { client, _ in try client.read(parts[0] + choice.word).answer }, takesValue: false
            )
        }
        return [read.withoutRows, suggest.withoutRows] + words
    }

    private static func fetches(of prompt: Prompt) -> [Fetch] {
        let whole = Fetch(
            name: "prompt \(prompt.name)", readsRows: false,
            ask: { client, _ in try client.ask("prompts/get", ["name": .string(prompt.name)]) }, takesValue: false
        )
        let filled = prompt.arguments.map { argument in
            Fetch(name: "prompt \(prompt.name).\(argument.parameter.name)", readsRows: false) { client, value in
                let given: JSONValue = .object([JSONMember(argument.parameter.name, .string(value))])
                return try client.ask("prompts/get", ["name": .string(prompt.name), "arguments": given])
            }
        }
        let suggested = prompt.arguments.filter { $0.suggestions != nil }.map { argument in
            let field = suggestion("prompt", prompt.name, argument.parameter.name)
            return argument.suggestions?.tools.isEmpty == true ? field.withoutRows : field
        }
        return [whole] + filled + suggested
    }

    private static func suggestion(_ kind: String, _ name: String, _ argument: String) -> Fetch {
        Fetch(
            name: "suggestions \(name).\(argument)", readsRows: true,
            ask: { client, value in try client.complete(kind, name, argument, value) }, suggests: true
        )
    }

    /// Tries everything and returns what leaked, in words.
    func leaksOfFetches() throws -> [String] {
        let client = try reader()
        var leaks: [String] = []
        for fetch in Intruder.fetches {
            for (foreign, nowhere) in tried(fetch) {
                let answer = try fetch.ask(client, foreign)
                let blank = try fetch.ask(client, nowhere)
                if let leak = leak(answer, blank, foreign, nowhere, fetch) {
                    leaks.append("\(fetch.name) = \(foreign): \(leak)")
                }
            }
        }
        return leaks
    }

    /// Values of B with values that nobody has; what is suggested from goes by beginnings.
    private func tried(_ fetch: Fetch) -> [(String, String)] {
        guard fetch.takesValue else { return [("", "")] }
        let whole = values.map { ($0.foreign, $0.nowhere) }
        guard fetch.suggests else { return whole }
        return [("", ""), ("con_", "con_")] + whole
            + whole.flatMap { foreign, nowhere in
                [1, 3, 8].map { (String(foreign.prefix($0)), String(nowhere.prefix($0))) }
            }
    }

    private func leak(
        _ answer: WireAnswer,
        _ blank: WireAnswer,
        _ foreign: String,
        _ nowhere: String,
        _ fetch: Fetch
    ) -> String? {
        guard answer.status == 200 else { return "no answer: \(answer.text)" }
        if fetch.suggests {
            let values = answer.json["result"]?["completion"]?["values"]?.elements.compactMap(\.string)
            let strange = (values ?? []).filter { !isOwn($0) }
            return strange.isEmpty ? nil : "\(strange) are not the caller's"
        }
        let (sent, unsent) = (foreign.escaped, nowhere.escaped)
        let told = answer.json["result"] ?? answer.json["error"] ?? .null
        let untold = blank.json["result"] ?? blank.json["error"] ?? .null
        func bare(_ value: JSONValue, _ texts: [String]) -> String {
            texts.filter { !$0.isEmpty }.reduce(comparable(value.text)) { $0.replacing(comparable($1), with: "•") }
        }
        let shown = texts(in: told).joined(separator: "\n")
        if let marker = marker(
            in: foreign.isEmpty ? shown : shown.replacing(sent, with: "").replacing(foreign, with: ""))
        {
            return marker
        }
        guard fetch.takesValue else { return nil }
        return bare(told, [sent, foreign]) == bare(untold, [unsent, nowhere])
            ? nil : "can be told from a value that nobody has:\n\(told.text)\n\(untold.text)"
    }

    /// Every text of an answer, as a reader sees it.
    private func texts(in value: JSONValue) -> [String] {
        switch value {
        case .string(let text): [text]
        case .array(let elements): elements.flatMap(texts)
        case .object(let members): members.flatMap { texts(in: $0.value) }
        default: []
        }
    }

    /// Whether a suggestion is something of A, or a word that is the same for everybody.
    private func isOwn(_ value: String) -> Bool {
        // A contact is called by its address once a write has found that it has neither first nor last name.
        let own = a.tasks.map { String($0.number) } + a.contacts.flatMap { [$0.name, $0.email, $0.id] }
        return own.contains(value) || ["task", "customer", "comment"].contains(value) || (Int(value) ?? 1_000) < 1_000
    }
}

extension Intruder.Fetch {
    /// The same, of which nothing is read from rows.
    fileprivate var withoutRows: Self {
        Self(name: name, readsRows: false, ask: ask, suggests: suggests, takesValue: takesValue)
    }
}

extension String {
    /// The text as a part of an address.
    fileprivate var escaped: String {
        utf8.map { byte in
            let isPlain =
                (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) || byte == 95
            let hex = String(byte, radix: 16, uppercase: true)
            return isPlain ? String(Unicode.Scalar(byte)) : "%" + (hex.count == 1 ? "0" : "") + hex
        }.joined()
    }
}
