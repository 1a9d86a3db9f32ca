package import JSON

/// A JSON Schema (2020-12) that values are checked against.
///
/// References stay inside the document: nothing is fetched, and a schema that refers to elsewhere is refused. So is one
/// in another dialect (draft-07 is known, too), one that is too large, and one with a pattern that cannot be matched in
/// linear time. `format` is an annotation, except for schemas of forms.
package struct JSONSchema: Sendable {
    let root: JSONNode
    let index: SchemaIndex
    /// Whether the formats that forms know are checked.
    let checksFormats: Bool
    let limits: SchemaLimits

    /// Takes a schema.
    ///
    /// - Throws: ``SchemaMistake`` if it is no schema that values can be checked against.
    package init(
        _ schema: JSONNode,
        checksFormats: Bool = false,
        limits: SchemaLimits = SchemaLimits()
    ) throws(SchemaMistake) {
        root = schema
        index = try SchemaIndex(schema, limits: limits)
        self.checksFormats = checksFormats
        self.limits = limits
    }

    /// What is wrong with a value, as many mistakes as the limits allow; none if it conforms.
    package func mistakes(in value: JSONNode) -> [Mistake] {
        var validation = SchemaValidation(self)
        _ = validation.check(value, against: root, at: JSONPath())
        return validation.mistakes
    }

    /// Whether a value conforms.
    package func accepts(_ value: JSONNode) -> Bool { mistakes(in: value).isEmpty }

    /// The schema of a form; `nil` if it is none.
    static func form(_ schema: RawJSON) -> JSONSchema? {
        guard let document = try? JSONDocument(schema.bytes) else { return nil }
        return try? JSONSchema(document.root, checksFormats: true)
    }
}

extension JSONSchema {
    /// Something about a value that a schema does not allow.
    package struct Mistake: Sendable, Equatable, CustomStringConvertible {
        /// Where it is.
        package let path: JSONPath
        /// What is wrong there, as the rest of a sentence that begins with the path.
        package let message: String

        /// The sentence.
        package var description: String { "\(path.steps.isEmpty ? "The value" : path.description) \(message)" }
    }
}

/// Why a schema is refused.
package struct SchemaMistake: Error, Equatable {
    /// One sentence for the author of the schema.
    package let message: String
}

/// How large schemas may be, and how much work a value may make.
package struct SchemaLimits: Sendable {
    /// The schemas within a schema, itself included.
    package var subschemas = 2000
    /// How deep schemas may stand in each other, and how deep in a value a part may be that they look at.
    package var depth = 32
    /// How many schemas may be applied in the midst of each other; a reference that leads to itself ends here.
    package var nesting = 128
    /// How long the check of one value may work.
    package var time = Duration.milliseconds(50)
    /// How many mistakes of one value are told.
    package var mistakes = 10

    package init() {}
}
