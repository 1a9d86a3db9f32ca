import JSON

/// The shape that every list answers with.
enum ListSchema {
    /// `{"items": […], "next_cursor"?, "truncated"?, …}` over items of the given schema.
    static func of(_ item: JSONValue, extra: [JSONMember] = []) -> JSONValue {
        let members =
            [
                JSONMember("items", ["type": "array", "items": item]),
                JSONMember("next_cursor", ["type": "string"]),
                JSONMember("truncated", ["type": "boolean"]),
                JSONMember("applied", ["type": "object"]),
            ] + extra
        return ["type": "object", "properties": .object(members), "required": ["items"]]
    }
}
