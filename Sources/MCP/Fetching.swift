/// A request for something that is no tool: a resource, a prompt, or suggestions.
package struct FetchRequest: Sendable {
    /// What is asked for.
    package enum Subject: Sendable {
        /// What stands at an address.
        case resource(uri: String)
        /// A prompt, with what a person filled in.
        case prompt(name: String, arguments: [String: String])
        /// How a value may go on.
        case completion(CompletionRequest)
    }

    /// What is asked for.
    package let subject: Subject
    /// The client, and what it can do.
    package let client: Client
    /// The revision in which the result will be written.
    package let revision: Revision
}

/// A value that a person has begun to type.
package struct CompletionRequest: Sendable {
    /// What the value is for.
    package enum Reference: Sendable, Hashable {
        /// An argument of a prompt.
        case prompt(name: String)
        /// A variable of a resource template.
        case resource(uri: String)
    }

    /// What the value is for.
    package let reference: Reference
    /// The argument's or variable's name.
    package let argument: String
    /// What was typed so far.
    package let value: String
    /// What was filled in already.
    package let context: [String: String]
}

/// How a value may go on, best first.
package struct Completion: Sendable {
    /// The suggestions; the first hundred are sent.
    package let values: [String]
    /// How many there are in all, if that is known.
    package let total: Int?

    /// Suggests values.
    package init(_ values: [String], total: Int? = nil) {
        self.values = values
        self.total = total
    }
}

/// How a request for something that is no tool ended.
package enum FetchOutcome: Sendable {
    /// With the contents of a resource.
    case resource(ResourceResult)
    /// With a prompt.
    case prompt(PromptResult)
    /// With suggestions.
    case completion(Completion)
    /// There is no such thing for this caller.
    case missing
    /// Something broke on our side; the cause is in the log under the request's id.
    case internalError(requestID: String)
    /// The request cannot be served for another reason that the protocol knows.
    case refused(ProtocolError)
}
