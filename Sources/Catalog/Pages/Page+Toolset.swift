import Identity
import JSON
import Tools

extension Page {
    /// The page of a toolset: each tool with its words, permission, effects, parameters, result and errors.
    static func toolset(_ toolset: Toolset) -> Page {
        let entities = Catalog.entityList.filter { entity in toolset.tools.contains { $0.entity?.name == entity.name } }
        let links = entities.map { "[\($0.name)](../Entities/\($0.name).md)" }.joined(separator: ", ")
        return Page(
            "Toolsets/\(toolset.name).md",
            [
                "# Toolset `\(toolset.name)`", toolset.purpose, entities.isEmpty ? "" : "Kinds of rows: \(links).",
                "[All toolsets](../Catalog.md)",
            ] + toolset.tools.flatMap(section)
        )
    }

    private static func section(_ tool: Tool) -> [String] {
        let facts = [
            ("Permission", tool.permission.map { Markdown.code($0.name) } ?? "none of its own"),
            ("Effects", tool.effects.words.joined(separator: ", ")),
            ("Profiles", Markdown.codes(Profile.allCases.filter { $0 != .custom && $0.lists(tool) }.map(\.rawValue))),
            ("Rows", tool.entity.map { "[\($0.name)](../Entities/\($0.name).md)" } ?? ""),
            ("Result", ResultWords.told(tool.output)),
        ]
        return [
            "## `\(tool.name)`", tool.title + ". " + tool.description,
            facts.filter { !$1.isEmpty }.map { "- **\($0)**: \($1)" }.joined(separator: "\n"),
            parameters(tool.parameters),
            Markdown.table(["error", "when"], tool.refusals.map { [Markdown.code($0.code.rawValue), $0.meaning] }),
        ]
    }

    private static func parameters(_ parameters: [Parameter]) -> String {
        guard !parameters.isEmpty else { return "It takes no arguments." }
        return Markdown.table(
            ["parameter", "kind", "required", "standard", "meaning"],
            parameters.flatMap { rows($0, in: "") })
    }

    /// A parameter, and those inside it.
    private static func rows(_ parameter: Parameter, in path: String) -> [[String]] {
        let name = path + parameter.name
        let row = [
            Markdown.code(name), parameter.kind.words, parameter.isRequired ? "yes" : "",
            parameter.standard.map { Markdown.code(RawJSON($0).text) } ?? "", parameter.meaning,
        ]
        return switch parameter.kind {
        case .object(let parts): [row] + parts.flatMap { rows($0, in: name + ".") }
        case .objects(let parts, _): [row] + parts.flatMap { rows($0, in: name + "[].") }
        default: [row]
        }
    }
}

extension Tool.Effects {
    /// The flags as a page tells them.
    fileprivate var words: [String] {
        let flags = [
            (true, writes ? "writes" : "reads"), (destroys, "destroys"), (isIdempotent, "idempotent"),
            (isBulk, "many rows"), (waits, "shown first"), (reachesOut, "reaches beyond the workspace"),
            (writes && !isConfirmed, "never waits for a confirmation"),
            (endsPendingActions, "ends a write that waits"),
        ]
        return flags.filter(\.0).map(\.1)
    }
}

/// The members of a result's schema, in words.
private enum ResultWords {
    static func told(_ schema: JSONValue) -> String {
        let required = words(schema["required"])
        var told: [String] = []
        var named: Set<String> = []
        if case .object(let members)? = schema["properties"] {
            for member in members {
                named.insert(member.name)
                let lack = required.contains(member.name) ? "" : ", may be missing"
                told.append("\(Markdown.code(member.name)) (\(kind(member.value))\(lack))")
            }
        }
        // What must be there though nothing is said of it.
        told += required.filter { !named.contains($0) }.map(Markdown.code)
        return told.isEmpty ? "an object" : told.joined(separator: ", ")
    }

    private static func kind(_ schema: JSONValue) -> String {
        let word = schema["type"]?.string ?? words(schema["type"]).joined(separator: " or ")
        guard word == "array", let items = schema["items"] else { return word.isEmpty ? "anything" : word }
        return "array of \(kind(items))"
    }

    private static func words(_ list: JSONValue?) -> [String] {
        guard case .array(let elements)? = list else { return [] }
        return elements.compactMap(\.string)
    }
}
