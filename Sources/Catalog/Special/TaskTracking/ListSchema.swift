import JSON

/// The shape that every list answers with.
enum ListSchema {
    /// `{"items": […], "next_cursor"?, …}`. What an item has, the resources `workspace://schema/…` say, for every listing
    /// of tools would carry it again.
    static let schema: JSONValue = [
        "type": "object",
        "properties": ["items": ["type": "array", "items": ["type": "object"]], "next_cursor": ["type": "string"]],
        "required": ["items"],
    ]
}
