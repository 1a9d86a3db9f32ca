import HTTP
import JSON

/// What is known of a POST so far: each rung of the ladder looks at it and adds what it found out.
struct Reading: Sendable {
    let request: HTTPRequest
    /// The workspace and credential of the request, to which sealed values are bound.
    let binding: [UInt8]
    /// Among whose rows the mailroom keeps what belongs to the caller.
    let tenant: String
    let vocabulary: Vocabulary
    let sessions: SessionID
    let limits: MCPLimits

    /// What the headers say.
    let head: HeadReading
    /// The form in which the client takes its answer.
    var form = AnswerForm.json
    /// Whether the client takes a stream.
    var canStream = false
    var root: JSONNode?
    /// The messages of an array; then there is no single message.
    var batch: [Message]?
    var message: Message?
    var era: EraName?
    var revision: Revision?
    var client: Client?
    var session: Session?

    init(
        _ request: HTTPRequest,
        binding: [UInt8],
        tenant: String,
        vocabulary: Vocabulary,
        sessions: SessionID,
        limits: MCPLimits
    ) {
        self.request = request
        self.binding = binding
        self.tenant = tenant
        self.vocabulary = vocabulary
        self.sessions = sessions
        self.limits = limits
        head = request.notes.note { HeadReading(request) }
    }
}

/// What the rungs have to know of the server: names, not bodies.
struct Vocabulary: Sendable {
    /// The methods of the stateless era.
    let statelessMethods: Set<String>
    /// The arguments of a tool that headers repeat.
    let mirroredArguments: @Sendable (_ tool: String) -> [MirroredArgument]
}

/// One rule of the ladder that decides what a request is; the first that throws answers.
struct Rung: Sendable {
    /// The rule's number; rules that refine one share it.
    let number: Int
    /// What holds once the rule has let a request pass.
    let title: String
    let check: @Sendable (inout Reading) throws(ProtocolError) -> Void

    init(
        _ number: Int,
        _ title: String,
        _ check: @escaping @Sendable (inout Reading) throws(ProtocolError) -> Void
    ) {
        self.number = number
        self.title = title
        self.check = check
    }
}

extension Reading {
    /// Takes rules in order until one throws.
    mutating func climb(_ rungs: [Rung]) throws(ProtocolError) {
        for rung in rungs { try rung.check(&self) }
    }
}
