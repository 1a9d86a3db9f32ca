import JSON

/// Checks a value against the part of JSON Schema that tools' schemas use.
///
/// It throws at a keyword that it does not know, so that a schema cannot say something that nobody checks. The official
/// client's test checks the same schemas with a complete validator.
enum SchemaCheck {
    /// What is wrong with a value, each with its place.
    static func problems(_ value: JSONValue, _ schema: JSONValue, at path: String = "$") throws -> [String] {
        var problems: [String] = []
        for member in schema.members {
            switch member.name {
            case "type":
                let types = member.value.string.map { [$0] } ?? member.value.elements.compactMap(\.string)
                if !types.contains(where: { has(value, $0) }) { problems.append("\(path) is no \(types)") }
            case "enum":
                if !member.value.elements.contains(value) { problems.append("\(path) is not in the enum") }
            case "required":
                for name in member.value.elements.compactMap(\.string) where !value.members.isEmpty || value == [:] {
                    if value[name] == nil { problems.append("\(path).\(name) is missing") }
                }
            case "properties":
                for property in member.value.members {
                    guard let inner = value[property.name] else { continue }
                    problems += try self.problems(inner, property.value, at: "\(path).\(property.name)")
                }
            case "items":
                for (index, element) in value.elements.enumerated() {
                    problems += try self.problems(element, member.value, at: "\(path)[\(index)]")
                }
            case "additionalProperties" where member.value == false:
                let known = schema["properties"]?.members.map(\.name) ?? []
                for name in value.members.map(\.name) where !known.contains(name) {
                    problems.append("\(path).\(name) is not known")
                }
            case "description", "title", "default": break
            default: throw WireClient.Failure(description: "No check for \(member.name) at \(path)")
            }
        }
        return problems
    }

    private static func has(_ value: JSONValue, _ type: String) -> Bool {
        switch (value, type) {
        case (.object, "object"), (.array, "array"), (.string, "string"), (.integer, "integer"), (.integer, "number"),
            (.double, "number"), (.bool, "boolean"), (.null, "null"):
            true
        default: false
        }
    }
}
