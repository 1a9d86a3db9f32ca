import Dispatch
package import JSON
import Synchronization

/// What a handler may do while it works: report, log, ask the client, and become a task.
///
/// In the handshake era a question waits for its answer. In the stateless era the first ``ask(_:as:)`` without answer
/// ends the handler by throwing ``Interruption``; when the client brings the answer, the handler runs again from its
/// beginning. So what stands before a question must have no effect, or one that may happen twice.
package final class Conversation: Sendable {
    private struct State {
        var isCancelled = false
        var progress: Double?
        var allowance: Double
        var refilledAt = ContinuousClock.now
        var asker: any Asker
        var task: TaskHandle?
        var level: MessageLevel??
    }

    /// The client, and what it can do.
    package let client: Client
    /// The revision in which the result will be written.
    package let revision: Revision
    /// What tells this round of questions from all others; `nil` before the first. An effect that must happen once
    /// notes it beside the effect.
    package let nonce: String?

    let line: AnswerLine
    let progressToken: MessageID?
    let progressRate: Int
    private let readLevel: @Sendable () -> MessageLevel?
    private let makeTask: (@Sendable (Conversation) throws -> TaskHandle)?
    private let state: Mutex<State>
    private let signal = DispatchSemaphore(value: 0)

    init(
        client: Client,
        revision: Revision,
        nonce: String?,
        line: AnswerLine,
        progressToken: MessageID?,
        progressRate: Int,
        asker: any Asker,
        readLevel: @escaping @Sendable () -> MessageLevel?,
        makeTask: (@Sendable (Conversation) throws -> TaskHandle)?
    ) {
        self.client = client
        self.revision = revision
        self.nonce = nonce
        self.line = line
        self.progressToken = progressToken
        self.progressRate = progressRate
        self.readLevel = readLevel
        self.makeTask = makeTask
        state = Mutex(State(allowance: Double(progressRate), asker: asker))
    }

    // MARK: Telling

    /// Tells how far the work is, if the client asked to hear it. Progress only grows; what comes too fast is left out.
    package func report(_ progress: Double, of total: Double? = nil, _ message: String? = nil) {
        if let task {
            if let message { task.say(message) }
            return
        }
        guard let progressToken, mayReport(progress, isLast: progress == total) else { return }
        var members = [JSONMember("progressToken", progressToken.json), JSONMember("progress", .double(progress))]
        if let total { members.append(JSONMember("total", .double(total))) }
        if let message, revision.has(.progressMessages) { members.append(JSONMember("message", .string(message))) }
        _ = line.notify(notification("notifications/progress", .object(members)))
    }

    /// Tells the client something about the work, if it wants to hear of such things.
    package func log(_ level: MessageLevel, _ data: JSONValue, logger: String? = nil) {
        guard task == nil, let least = wantedLevel, level >= least else { return }
        var members = [JSONMember("level", .string(level.rawValue))]
        if let logger { members.append(JSONMember("logger", .string(logger))) }
        members.append(JSONMember("data", data))
        _ = line.notify(notification("notifications/message", .object(members)))
    }

    /// Ends the connection while the work goes on, for clients that can come back for the rest.
    package func releaseConnection() { if task == nil { line.hangUp() } }

    // MARK: Asking

    /// Asks one thing.
    ///
    /// - Parameter key: What tells this question from others of the same handler.
    /// - Throws: ``Interruption``, which the handler lets pass.
    package func ask(_ question: Question, as key: String) throws -> Answer {
        try ask([(key, question)])[key] ?? { throw Interruption.failed("There was no answer") }()
    }

    /// Asks several things at once.
    package func ask(_ questions: [(key: String, question: Question)]) throws -> [String: Answer] {
        for (_, question) in questions where !question.isPossible(for: client, revision) {
            throw Interruption.missingCapability(required: question.requirement)
        }
        guard questions.allSatisfy({ $0.question.isExpressible(in: revision) }) else {
            throw Interruption.failed("This client cannot show such a form")
        }
        let asker = state.withLock { $0.asker }
        return try asker.ask(questions, self).mapValues { Answer(result: $0) }
    }

    /// Sends the person to a page, and gives up until the client calls again.
    ///
    /// - Parameters:
    ///   - id: What the page knows the matter by.
    ///   - isDone: Whether the person has done on the page what was to be done, as the server knows itself.
    package func require(page url: String, _ message: String, id: String, isDone: Bool) throws {
        guard !isDone else { return }
        let question = Question.page(url: url, message: message)
        guard question.isPossible(for: client, revision) else {
            throw Interruption.failed("\(message) \(url)")
        }
        if revision.era == .stateless {
            throw Interruption.inputRequired([(id, question)])
        }
        let elicitation: JSONValue = [
            "mode": "url", "elicitationId": .string(id), "url": .string(url), "message": .string(message),
        ]
        throw ProtocolError(.urlElicitationRequired, data: ["elicitations": [elicitation]])
    }

    // MARK: Waiting

    /// Whether nobody waits for the result any more.
    package var isCancelled: Bool { state.withLock { $0.isCancelled } }

    /// Throws if nobody waits for the result any more.
    package func checkCancellation() throws {
        if isCancelled { throw Interruption.cancelled }
    }

    /// Lets time pass; ends early when the call is cancelled.
    package func pause(for duration: Duration) throws {
        _ = wait(for: duration) { false }
        try checkCancellation()
    }

    /// Waits until something holds, which whoever changes it tells by ``wake()``; `false` if time is up.
    func wait(for duration: Duration, until isReady: () throws -> Bool) rethrows -> Bool {
        let deadline = ContinuousClock.now + duration
        while try !isReady() {
            let rest = deadline - .now
            guard rest > .zero, !isCancelled else { return false }
            _ = signal.wait(timeout: .now() + .milliseconds(Int(min(rest.milliseconds + 1, 1 << 30))))
        }
        return true
    }

    func wake() { signal.signal() }

    /// Tells the handler that nobody waits any more.
    func cancel() {
        state.withLock { $0.isCancelled = true }
        wake()
    }

    // MARK: Tasks

    /// The task that the call has become.
    var task: TaskHandle? { state.withLock { $0.task } }

    /// Answers the call with a task and goes on working for it, if the client knows tasks.
    ///
    /// Questions before it are asked in the usual way, questions after it by way of the task.
    ///
    /// - Parameter isRequired: Whether there is no other way; then a client without tasks is refused.
    package func becomeTask(isRequired: Bool = false) throws {
        guard task == nil else { return }
        guard let makeTask, client.capabilities.extensions.contains(ExtensionName.tasks) else {
            if isRequired {
                throw Interruption.missingCapability(required: ["extensions": [ExtensionName.tasks: [:]]])
            }
            return
        }
        let task = try makeTask(self)
        state.withLock { state in
            state.task = task
            state.asker = task
        }
        line.finish(task.creation)
    }

    // MARK: Parts

    private var wantedLevel: MessageLevel? {
        if let level = state.withLock({ $0.level }) { return level }
        let level = readLevel()
        state.withLock { $0.level = .some(level) }
        return level
    }

    private func mayReport(_ progress: Double, isLast: Bool) -> Bool {
        state.withLock { state in
            if let last = state.progress, progress <= last { return false }
            let now = ContinuousClock.now
            let elapsed = Double((now - state.refilledAt).milliseconds) / 1000
            state.allowance = min(Double(progressRate), state.allowance + elapsed * Double(progressRate))
            state.refilledAt = now
            guard isLast || state.allowance >= 1 else { return false }
            state.allowance -= 1
            state.progress = progress
            return true
        }
    }
}

/// A JSON-RPC notification.
func notification(_ method: String, _ params: JSONValue) -> [UInt8] {
    RawJSON(["jsonrpc": "2.0", "method": .string(method), "params": params]).bytes
}
