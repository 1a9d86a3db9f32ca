import HTTP

/// The form of an answer: one object, or a stream with one event.
enum AnswerForm: Sendable {
    case json
    case eventStream
}

/// What the `Content-Type` and `Accept` of a request say.
enum MediaType {
    /// Whether a body claims to be JSON; parameters such as a charset do not matter.
    static func isJSON(_ contentTypes: [String]) -> Bool {
        guard contentTypes.count == 1 else { return false }
        return contentTypes[0] == "application/json" || essence(contentTypes[0]) == "application/json"
    }

    /// The form to answer in, or `nil` if the client takes neither.
    ///
    /// Liberal: an absent header takes everything, and one that takes JSON alone gets JSON.
    static func answerForm(accepting values: [String]) -> AnswerForm? {
        if accepts("application/json", values) { return .json }
        return acceptsStream(values) ? .eventStream : nil
    }

    /// Whether a client takes a stream.
    static func acceptsStream(_ values: [String]) -> Bool { accepts("text/event-stream", values) }

    /// Whether a client takes a type; what it says of the type itself counts more than what it says of many.
    private static func accepts(_ type: String, _ values: [String]) -> Bool {
        if values.isEmpty || values == ["application/json, text/event-stream"] { return true }
        let elements = values.flatMap { $0.split(separator: ",") }
        for range in [type, type.prefix { $0 != "/" } + "/*", "*/*"] {
            let found = elements.filter { essence($0) == range }
            if !found.isEmpty { return found.contains { !isRefused($0) } }
        }
        return false
    }

    /// The type without parameters, in lower case.
    private static func essence(_ text: some StringProtocol) -> String {
        trimmed(text.prefix { $0 != ";" }).lowercased()
    }

    /// Whether an element of `Accept` has the weight 0.
    private static func isRefused(_ element: Substring) -> Bool {
        element.split(separator: ";").dropFirst().contains { parameter in
            let pair = parameter.split(separator: "=", maxSplits: 1).map { trimmed($0).lowercased() }
            return pair.count == 2 && pair[0] == "q" && Double(pair[1]) == 0
        }
    }
}
