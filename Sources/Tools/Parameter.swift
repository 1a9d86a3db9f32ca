package import JSON

/// One argument of a tool: its name, what it means, what it accepts.
///
/// The input schema that clients see and the reading of arguments both follow from this value, so they agree.
package struct Parameter: Sendable {
    /// What an argument accepts.
    package indirect enum Kind: Sendable {
        /// Text of at most this many characters, not empty.
        case text(maximum: Int)
        /// One of these words.
        case choice([String])
        /// A whole number in this range.
        case integer(ClosedRange<Int64>)
        /// Several of these words, each once.
        case choices([String])
        /// A date (`2026-11-20`, midnight UTC) or a date-time with an offset (RFC 3339).
        case moment
        /// The identifier of a row, such as `tsk_…`.
        case identifier(prefix: String)
        /// A task's number: 1042, also written `"1042"` or `"#1042"`.
        case taskNumber
        /// Named parts of their own.
        case object([Parameter])
        /// The same, where another tool's schema lists the parts.
        case record([Parameter])
        /// Any object; whoever takes it reads it by itself.
        case anything
        /// True or false.
        case boolean
        /// A number with at most this many digits behind the point, from 0 on unless it may be negative.
        case decimal(places: Int, isSigned: Bool = false)
        /// A day of the calendar, such as `2026-11-20`.
        case day
        /// An amount in whole minor units and its currency (ISO 4217).
        case money
        /// Several of these words, each once, which the schema does not list: names that results show.
        case names([String])
        /// Several texts, each once.
        case texts(maximum: Int, count: Int)
        /// The identifier of a row, or its number where people know rows by one.
        case key(prefix: String, isNumbered: Bool)
        /// A member: an identifier (`usr_…`), an e-mail address, or `me` for the member for whom the credential acts.
        case member
        /// Several whole numbers in this range.
        case integers(ClosedRange<Int64>, count: Int)
        /// Several members, each named as one is.
        case members(count: Int)
        /// Several rows, by their identifiers.
        case identifiers(prefix: String, count: Int)
        /// One or several times named parts, such as the lines of an invoice.
        case objects([Parameter], count: Int)
        /// A currency (ISO 4217).
        case currency
    }

    package let name: String
    package let meaning: String
    package let kind: Kind
    package let isRequired: Bool
    /// What holds when the argument is left out, as the schema tells it.
    package let standard: JSONValue?
    /// Whether the schema leaves out bounds, which the reading of arguments tells: a listing has many such parameters.
    package private(set) var isTerse = false

    package init(
        _ name: String,
        _ kind: Kind,
        _ meaning: String,
        isRequired: Bool = false,
        standard: JSONValue? = nil
    ) {
        self.name = name
        self.meaning = meaning
        self.kind = kind
        self.isRequired = isRequired
        self.standard = standard
    }

    /// The same, whose schema leaves out bounds.
    package var terse: Parameter {
        var parameter = self
        parameter.isTerse = true
        return parameter
    }
}

extension Parameter {
    /// The largest number that every client's JSON can carry (2^53 − 1).
    package static let largestInteger: Int64 = 9_007_199_254_740_991

    /// An object schema over `parameters` that accepts nothing else.
    package static func schema(of parameters: [Parameter]) -> JSONValue {
        .object(members(of: parameters))
    }

    private static func members(of parameters: [Parameter]) -> [JSONMember] {
        var members: [JSONMember] = [
            JSONMember("type", "object"),
            JSONMember("properties", .object(parameters.map { JSONMember($0.name, $0.schema) })),
        ]
        let required = parameters.filter(\.isRequired).map { JSONValue.string($0.name) }
        if !required.isEmpty { members.append(JSONMember("required", .array(required))) }
        members.append(JSONMember("additionalProperties", false))
        return members
    }

    /// The parameter's own schema.
    private var schema: JSONValue {
        var members: [JSONMember] =
            switch kind {
            case .text where isTerse, .moment where isTerse, .identifier where isTerse:
                [("type", "string")].asMembers
            case .text(let maximum):
                [("type", "string"), ("minLength", 1), ("maxLength", .integer(Int64(maximum)))].asMembers
            case .choice(let words): [("type", "string"), ("enum", .array(words.map(JSONValue.string)))].asMembers
            case .integer where isTerse, .taskNumber where isTerse: [("type", "integer")].asMembers
            case .decimal where isTerse: [("type", "number")].asMembers
            case .integer(let range):
                [("type", "integer"), ("minimum", .integer(range.lowerBound)), ("maximum", .integer(range.upperBound))]
                    .asMembers
            case .choices(let words):
                [
                    ("type", "array"),
                    ("items", ["type": "string", "enum": .array(words.map(JSONValue.string))]),
                    ("uniqueItems", true),
                ].asMembers
            case .moment: [("type", "string"), ("minLength", 10), ("maxLength", 40)].asMembers
            case .identifier(let prefix):
                [("type", "string"), ("pattern", .string("^\(prefix)_[0-9a-f]{32}$"))].asMembers
            case .taskNumber:
                [("type", "integer"), ("minimum", 1), ("maximum", .integer(Parameter.largestInteger))].asMembers
            case .object(let parts): Parameter.members(of: parts)
            case .record, .anything:
                [("type", "object"), ("properties", .object([])), ("additionalProperties", true)].asMembers
            case .boolean: [("type", "boolean")].asMembers
            case .decimal(_, let isSigned):
                isSigned ? [("type", "number")].asMembers : [("type", "number"), ("minimum", 0)].asMembers
            case .day: [("type", "string"), ("format", "date")].asMembers
            case .money:
                [
                    ("type", "object"),
                    ("properties", ["amount": ["type": "integer"], "currency": ["type": "string"]]),
                    ("required", ["amount", "currency"]),
                ].asMembers
            case .names, .texts: [("type", "array"), ("items", ["type": "string"])].asMembers
            case .integers(let range, let count):
                [
                    ("type", "array"),
                    (
                        "items",
                        [
                            "type": "integer", "minimum": .integer(range.lowerBound),
                            "maximum": .integer(range.upperBound),
                        ]
                    ),
                    ("maxItems", .integer(Int64(count))),
                ].asMembers
            case .key, .member, .currency: [("type", "string")].asMembers
            case .objects(let parts, _):
                [("type", "array"), ("items", .object(Parameter.members(of: parts)))].asMembers
            case .identifiers(_, let count), .members(let count):
                [("type", "array"), ("items", ["type": "string"]), ("maxItems", .integer(Int64(count)))].asMembers
            }
        // What a name says by itself costs nothing.
        if !meaning.isEmpty { members.insert(JSONMember("description", .string(meaning)), at: 1) }
        if let standard { members.append(JSONMember("default", standard)) }
        return .object(members)
    }
}

extension [(String, JSONValue)] {
    fileprivate var asMembers: [JSONMember] { map { JSONMember($0.0, $0.1) } }
}
