package import JSON

/// A JSON Schema (2020-12) that values are checked against.
///
/// References stay inside the document: nothing is fetched, and a schema that refers to elsewhere is refused. So is one
/// in another dialect, one that is too large, and one with a pattern that cannot be matched in linear time. `format` is
/// an annotation, except for schemas of forms.
package struct JSONSchema: Sendable {
    let root: JSONNode
    let index: SchemaIndex
    /// Whether the formats that forms know are checked.
    let checksFormats: Bool

    /// Takes a schema.
    ///
    /// - Throws: ``SchemaMistake`` if it is no schema that values can be checked against.
    package init(_ schema: JSONNode, checksFormats: Bool = false) throws(SchemaMistake) {
        root = schema
        index = try SchemaIndex(schema)
        self.checksFormats = checksFormats
    }

    /// What is wrong with a value, at most ten mistakes; none if it conforms.
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
enum SchemaLimits {
    static let subschemas = 2000
    /// How deep schemas may be nested in each other while a value is checked, references included.
    static let depth = 64
    static let time = Duration.milliseconds(50)
    /// How many steps all patterns may take together: those of each pattern times the length of the text.
    static let patternSteps = 100_000_000
    static let mistakes = 10
}
