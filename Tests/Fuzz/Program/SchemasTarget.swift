import JSON
import Telemetry

@testable import MCP

extension FuzzTarget {
    /// JSON Schema: a schema on the first line, a value behind it.
    static let schemas = FuzzTarget("schemas") { bytes in
        let (lines, rest) = bytes.lines(1)
        guard let text = JSONNode.reading(lines[0]), let schema = try? JSONSchema(text, checksFormats: true),
            let value = JSONNode.reading(rest)
        else { return }
        let start = ThreadTime.now
        let mistakes = schema.mistakes(in: value)
        let time = ThreadTime.now - start
        require(time < .seconds(2), "\(rest.count) bytes were checked for \(time)")
        require(mistakes.count <= 10, "There are \(mistakes.count) mistakes")
        for mistake in mistakes {
            require(!mistake.message.isEmpty, "A mistake says nothing")
            require(
                mistake.message == "is missing" || mistake.message.hasPrefix("is missing,")
                    || value[path: mistake.path] != nil, "\(mistake) is nowhere")
        }
        guard !mistakes.contains(where: isUnsure), !refers(text) else { return }
        for (wrapped, agrees) in [
            (#"{"allOf":["# + text.raw.text + "]}", true), (#"{"anyOf":["# + text.raw.text + ",false]}", true),
            (#"{"oneOf":[false,"# + text.raw.text + "]}", true), (#"{"not":"# + text.raw.text + "}", false),
            (#"{"if":"# + text.raw.text + #","else":false}"#, true),
        ] {
            guard let node = JSONNode.reading(Array(wrapped.utf8)),
                let other = try? JSONSchema(node, checksFormats: true)
            else {
                continue
            }
            let found = other.mistakes(in: value)
            if found.contains(where: isUnsure) { continue }
            require(found.isEmpty == (mistakes.isEmpty == agrees), "\(wrapped) says something else")
        }
    }

    /// Whether a value was refused whatever the schema says.
    private static func isUnsure(_ mistake: JSONSchema.Mistake) -> Bool {
        ["is too complex to be checked", "is out of range"].contains(mistake.message)
    }

    /// Whether a schema would mean something else at another place.
    private static func refers(_ schema: JSONNode) -> Bool {
        ["$ref", "$dynamicRef", "$id"].contains { schema.raw.text.contains($0) } || schema.raw.text.contains("\\")
    }
}
