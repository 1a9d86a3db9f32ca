import JSON

/// The schema of a form in the words of a revision.
///
/// A question is written for the newest revision. The first that had forms lacks titles of choices, except in a list of
/// their own, and defaults, except of truth values; it has no lists to choose from at all.
enum FormSchema {
    /// The schema for clients of a revision; `nil` if they cannot be shown such a form.
    static func fitted(_ schema: RawJSON, to revision: Revision) -> RawJSON? {
        guard !revision.has(.richForms) else { return schema }
        guard let root = (try? JSONDocument(schema.bytes))?.root, let members = root.members else { return nil }
        var fitted: [JSONMember] = []
        for (name, value) in members {
            guard name == "properties" else {
                fitted.append(JSONMember(name, .raw(value.raw)))
                continue
            }
            var properties: [JSONMember] = []
            for (name, property) in value.members ?? [] {
                guard let property = plain(property) else { return nil }
                properties.append(JSONMember(name, property))
            }
            fitted.append(JSONMember(name, .object(properties)))
        }
        return RawJSON(.object(fitted))
    }

    private static func plain(_ property: JSONNode) -> JSONValue? {
        let type = property["type"]?.string
        guard type != "array", property["anyOf"] == nil else { return nil }
        var members = (property.members ?? []).filter { member in
            member.name != "oneOf" && (member.name != "default" || type == "boolean")
        }.map { JSONMember($0.name, .raw($0.value.raw)) }
        if let choices = property["oneOf"]?.elements {
            let values = choices.compactMap { $0["const"]?.string }
            let titles = choices.compactMap { $0["title"]?.string }
            guard values.count == choices.count, titles.count == choices.count else { return nil }
            members.append(JSONMember("enum", .array(values.map { .string($0) })))
            members.append(JSONMember("enumNames", .array(titles.map { .string($0) })))
        }
        return .object(members)
    }
}
