package import Identity
import JSON
package import MCP

/// What a tool may ask the person at the client before it runs.
///
/// A tool that declares one says what a call leaves open, as a form, and the answers go into the call's arguments as if
/// they had been given at once. Nothing is looked up before the question, so asking tells nothing about any row; and
/// nothing is done before it, so it may be asked twice.
///
///     inquiry: Inquiry(into: "verification", form: { call, access, round in … }, unanswered: { action in … })
package struct Inquiry: Sendable {
    /// A form for what is missing.
    package struct Form: Sendable {
        /// What the person reads above the fields.
        package let message: String
        /// The fields.
        package let fields: [Field]
        /// Whether every field has to be filled in; otherwise the person chooses which.
        package let needsAll: Bool

        /// Makes a form.
        package init(_ message: String, _ fields: [Field], needsAll: Bool) {
            self.message = message
            self.fields = fields
            self.needsAll = needsAll
        }
    }

    /// One thing to fill in: a parameter under which the answer goes on, and what people call it.
    package struct Field: Sendable {
        package let parameter: Parameter
        package let title: String

        /// - Parameter parameter: Of a kind that a form has a field for.
        package init(_ parameter: Parameter, title: String) {
            switch parameter.kind {
            case .text, .choice, .integer, .moment, .identifier, .taskNumber: break
            default: preconditionFailure("Forms are flat, and ask for what people can type.")
            }
            self.parameter = parameter
            self.title = title
        }
    }

    /// How often a person is asked in one call.
    package static let rounds = 2

    /// The argument, an object, that holds the answers.
    package let argument: String
    /// What a call leaves open for a caller with these settings; `nil` if nothing, or if the call is wrong in another
    /// way, which the tool tells by itself. Pure; the round tells a first question from one after too short an answer.
    package let form: @Sendable (ToolCall, ToolAccess, _ round: Int) -> Form?
    /// The tool's answer when the person gave none.
    package let unanswered: @Sendable (Answer.Action) -> ToolAnswer

    package init(
        into argument: String,
        form: @escaping @Sendable (ToolCall, ToolAccess, _ round: Int) -> Form?,
        unanswered: @escaping @Sendable (Answer.Action) -> ToolAnswer
    ) {
        self.argument = argument
        self.form = form
        self.unanswered = unanswered
    }

    /// The arguments of a call with what was filled in; fields that were left empty are left out.
    func arguments(_ given: JSONNode, adding content: JSONNode, to form: Form) -> JSONValue {
        let answers = form.fields.compactMap { field -> JSONMember? in
            let name = field.parameter.name
            guard let answer = content[name], !answer.isNull else { return nil }
            if let text = answer.string, text.allSatisfy(\.isWhitespace) { return nil }
            return JSONMember(name, .raw(answer.raw))
        }
        let known = (given[argument]?.members ?? []).filter { name, _ in !answers.contains { $0.name == name } }
        let object = JSONValue.object(known.map { JSONMember($0.name, .raw($0.value.raw)) } + answers)
        let others = (given.members ?? []).filter { $0.name != argument }
        return .object(others.map { JSONMember($0.name, .raw($0.value.raw)) } + [JSONMember(argument, object)])
    }
}

extension Inquiry.Form {
    /// The form as the protocol puts it to the person.
    var question: Question {
        var members: [JSONMember] = [
            JSONMember("type", "object"),
            JSONMember("properties", .object(fields.map { JSONMember($0.parameter.name, $0.schema) })),
        ]
        if needsAll { members.append(JSONMember("required", .array(fields.map { .string($0.parameter.name) }))) }
        return .form(message: message, schema: RawJSON(.object(members)))
    }
}

extension Inquiry.Field {
    /// One of the few shapes that forms know. A field may be left empty, so a text has no least length.
    fileprivate var schema: JSONValue {
        let shape: [JSONMember] =
            switch parameter.kind {
            case .text(let maximum): [JSONMember("type", "string"), JSONMember("maxLength", .integer(Int64(maximum)))]
            case .choice(let words):
                [JSONMember("type", "string"), JSONMember("enum", .array(words.map { .string($0) }))]
            case .integer(let range): Self.number(range)
            case .taskNumber: Self.number(1...Parameter.largestInteger)
            default: [JSONMember("type", "string")]
            }
        let words = [JSONMember("title", .string(title)), JSONMember("description", .string(parameter.meaning))]
        return .object([shape[0]] + words + shape.dropFirst())
    }

    private static func number(_ range: ClosedRange<Int64>) -> [JSONMember] {
        [
            JSONMember("type", "integer"), JSONMember("minimum", .integer(range.lowerBound)),
            JSONMember("maximum", .integer(range.upperBound)),
        ]
    }
}
