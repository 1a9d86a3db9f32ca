import Crypto
import HTTP
import JSON
import Telemetry

extension MethodCall {
    /// Hands the request to a handler on a thread of its own.
    ///
    /// - Parameters:
    ///   - texts: What the request is about; what a client brings back works for the same texts only. They are made when
    ///     they are needed.
    ///   - body: Runs the handler and gives what a method found out.
    func converse(
        about texts: @escaping @autoclosure @Sendable () -> [[UInt8]],
        _ body: @escaping @Sendable (Conversation, P.Caller) throws -> MethodResult
    ) throws(ProtocolError) -> Plan<P>.Opening {
        let makeStates: @Sendable () -> RequestStateSeal = {
            RequestStateSeal(
                seal: server.seal, method: method, about: texts(), binding: binding, limits: server.limits,
                now: server.clock.now
            )
        }
        let responses = try inputResponses()
        let state = try requestState().map { (text) throws(ProtocolError) in try makeStates().open(text) }
        return { caller, channel in
            let isStarted = server.threads.run(for: binding) {
                let states = makeStates()
                let exchange = HandlerExchange(self, channel, state: state ?? RequestState(), responses, states)
                exchange.run { try body($0, caller) }
            }
            if !isStarted { channel.send(.busy(id)) }
        }
    }

    /// Does something to the notes of the session and gives the answer at once.
    func aside(
        _ body: @escaping @Sendable (SessionNotes) throws(MailroomError) -> HTTPResponse
    ) -> Plan<P>.Action {
        guard let notes else { return .reply(responder.answer(ProtocolError(.sessionMissing))) }
        return onThread { (_) throws(MailroomError) in try body(notes) }
    }

    /// Runs `body` where it may wait.
    func onThread(
        _ body: @escaping @Sendable (P.Caller) throws(MailroomError) -> HTTPResponse
    ) -> Plan<P>.Action {
        .open { caller, channel in
            let isStarted = server.threads.run(for: binding) {
                do throws(MailroomError) {
                    channel.send(try body(caller))
                } catch {
                    channel.send(responder.answer(ProtocolError(error)))
                }
            }
            if !isStarted { channel.send(.busy(id)) }
        }
    }

    /// What is kept of the session that the request belongs to.
    var notes: SessionNotes? {
        session.map { SessionNotes($0, of: tenant, in: server.mailroom, for: server.limits.sessionLifetime) }
    }

    /// Whether the request brings answers to questions.
    var hasAnswers: Bool {
        era == .stateless && (params?["inputResponses"] != nil || params?["requestState"] != nil)
    }

    func inputResponses() throws(ProtocolError) -> JSONNode? {
        guard era == .stateless, let responses = params?["inputResponses"] else { return nil }
        guard let members = responses.members, members.allSatisfy({ $0.value.kind == .object }) else {
            throw ProtocolError(.invalidParams, "inputResponses must be an object of objects")
        }
        return responses
    }

    func requestState() throws(ProtocolError) -> String? {
        guard era == .stateless, let state = params?["requestState"] else { return nil }
        guard let text = state.string else { throw ProtocolError(.invalidParams, "requestState must be a string") }
        return text
    }
}

extension HTTPResponse {
    /// Too much is going on.
    static func busy(_ id: MessageID?) -> HTTPResponse {
        var response = HTTPResponse(ProtocolError(.overloaded), id: id)
        response.headers.set(.retryAfter, "1")
        return response
    }

    /// The caller has too much open.
    static func tooMany(_ id: MessageID?) -> HTTPResponse {
        var response = HTTPResponse(ProtocolError(.tooManyStreams), id: id)
        response.headers.set(.retryAfter, "5")
        return response
    }
}

/// One request while its handler runs.
struct HandlerExchange<P: Provider>: Sendable {
    private let call: MethodCall<P>
    private let line: AnswerLine
    private let conversation: Conversation
    private let retry: RetryAsker?
    private let state: RequestState
    private let states: RequestStateSeal
    private let cancellation: Reception?
    private let loss = LossNotice()

    init(
        _ call: MethodCall<P>,
        _ channel: any ResponseChannel,
        state: RequestState,
        _ responses: JSONNode?,
        _ states: RequestStateSeal
    ) {
        let form = call.responder.form
        var call = call
        // The line makes a stream of the answer where it has to be one.
        call.responder = call.responder.unwrapped
        self.call = call
        self.state = state
        self.states = states
        let limits = call.server.limits
        let mailroom = call.server.mailroom
        let notes = call.notes
        let loss = loss
        let log = notes.flatMap { notes -> StreamLog? in
            guard call.revision.has(.resumption) else { return nil }
            let name = Base64URL.encode(SecureRandom.bytes(9))
            return StreamLog(notes: notes, stream: name, lifetime: limits.eventLifetime)
        }
        let isPrimed = log != nil && call.revision.has(.priming)
        line = AnswerLine(
            channel,
            canStream: call.canStream,
            form: form,
            log: log,
            priming: isPrimed ? Int(limits.retryTime.milliseconds) : nil,
            onLoss: { loss.tell() }
        )
        let asker: any Asker
        if let notes {
            retry = nil
            asker = SessionAsker(notes: notes, line: line, deadline: limits.questionTime)
        } else {
            let retry = RetryAsker(state, responses)
            self.retry = retry
            asker = retry
        }
        let meta = call.params?["_meta"]
        let level = meta?[MetaKey.logLevel]?.string.flatMap(MessageLevel.init)
        let declares = call.provider.offer.capabilities.contains(.logging)
        conversation = Conversation(
            client: call.client,
            revision: call.revision,
            nonce: state.nonce.isEmpty ? nil : state.nonce,
            line: line,
            progressToken: meta?[MetaKey.progressToken].flatMap(MessageID.init),
            progressRate: limits.progressRate,
            asker: asker,
            readLevel: { declares ? ((try? notes?.level()) ?? level) : nil },
            makeTask: call.taskMaker
        )
        let conversation = conversation
        // A disconnect cancels in the stateless era only, and not what has become a task.
        if call.era == .stateless { loss.onLoss { if conversation.task == nil { conversation.cancel() } } }
        cancellation = notes.flatMap { notes in
            call.id.map { id in
                mailroom.receive(at: notes.cancellationAddress(id)) { delivery in
                    if case .letter = delivery { conversation.cancel() }
                }
            }
        }
    }

    /// Runs the handler and sends what comes of it.
    func run(_ body: (Conversation) throws -> MethodResult) {
        defer {
            // What is told of the client's end holds the conversation, which holds it.
            loss.forget()
            withExtendedLifetime(cancellation) {}
        }
        do {
            let result = try body(conversation)
            if let task = conversation.task { return task.complete(result) }
            conversation.isCancelled ? line.abandon() : line.finish(call.responder.answer(result))
        } catch Interruption.cancelled {
            if let task = conversation.task { return task.end(as: .cancelled) }
            line.abandon()
        } catch Interruption.inputRequired(let questions) where conversation.task == nil {
            line.finish(inputRequired(questions))
        } catch Interruption.missingCapability(let required) where conversation.task == nil {
            line.finish(call.missing(required))
        } catch Interruption.failed(let sentence) where call.method == "tools/call" {
            let result = call.methodResult(ToolResult(text: sentence, isError: true))
            if let task = conversation.task { return task.complete(result) }
            line.finish(call.responder.answer(result))
        } catch {
            let problem =
                error as? ProtocolError ?? (error as? MailroomError).map { ProtocolError($0) }
                ?? ProtocolError(.internalError)
            if let task = conversation.task { return task.fail(problem) }
            line.finish(call.responder.answer(problem))
        }
    }

    private func inputRequired(_ questions: [(key: String, question: Question)]) -> HTTPResponse {
        guard let text = states.make(after: state, answers: retry?.answers ?? [:]) else {
            return call.responder.answer(ProtocolError(.invalidParams, "The client was asked too often; start again"))
        }
        let requests = questions.map { key, question in
            let request: JSONValue = [
                "method": .string(question.method), "params": question.params(for: call.revision),
            ]
            return JSONMember(key, request)
        }
        return call.responder.answer(
            MethodResult(type: "input_required") { writer in
                writer.write("inputRequests", .object(requests))
                writer.write("requestState", .string(text))
            }
        )
    }
}
