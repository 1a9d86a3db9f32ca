package import HTTP
import JSON

extension MCPServer {
    /// Decides what a request is and what is left to do about it. Talks to nobody, and takes some microseconds.
    ///
    /// - Parameters:
    ///   - request: The request. Its path, its origin and the form of its credential are the program's business.
    ///   - binding: The workspace and the digest of the credential; session ids and cursors work with these only.
    ///   - tenant: Among whose rows the mailroom keeps what belongs to the caller; a program with one tenant needs none.
    package func plan(_ request: HTTPRequest, binding: [UInt8], tenant: String = "") -> Plan<P> {
        var reading = Reading(
            request, binding: binding, tenant: tenant, vocabulary: vocabulary, sessions: sessions, limits: limits
        )
        do throws(ProtocolError) {
            switch request.method {
            case .post: return try planMessage(&reading)
            case .get: return plan(try planStream(&reading), reading)
            case .delete: return try planEnd(&reading)
            default: throw ProtocolError(.methodNotAllowed)
            }
        } catch {
            return refusal(error, reading)
        }
    }

    /// Rule 3: `DELETE` ends the session that it presents.
    private func planEnd(_ reading: inout Reading) throws(ProtocolError) -> Plan<P> {
        reading.era = .handshake
        try HandshakeRungs.openSession(&reading)
        guard let session = reference(reading) else { throw ProtocolError(.sessionMissing) }
        return plan(.endSession(session, answer: HTTPResponse(status: .noContent)), reading)
    }

    private func planMessage(_ reading: inout Reading) throws(ProtocolError) -> Plan<P> {
        if let message = reading.head.message, message.read(&reading) {
            return plan(try action(for: reading.message, in: era(.stateless), reading), reading)
        }
        try reading.climb(Classification.rungs)
        let era = era(reading.era ?? .handshake)
        if era.name == .stateless, reading.message?.isRequest == false {
            return plan(.reply(HTTPResponse(status: .accepted)), reading)
        }
        try reading.climb(era.rungs)
        if let batch = reading.batch { return planBatch(batch, reading) }
        reading.head.message?.keep(reading)
        return plan(try action(for: reading.message, in: era, reading), reading)
    }

    /// Plans each message of a batch by itself: one that cannot be served does not harm the others.
    private func planBatch(_ batch: [Message], _ reading: Reading) -> Plan<P> {
        let parts = batch.map { message in
            var part = reading
            (part.message, part.batch, part.form, part.canStream) = (message, nil, .json, false)
            do throws(ProtocolError) {
                return plan(try action(for: message, in: era(.handshake), part), part)
            } catch {
                return refusal(error, part)
            }
        }
        let form = reading.form
        return plan(.batch(parts) { joined($0, as: form) }, reading)
    }

    /// What a message asks for, once every rule has let it pass.
    private func action(
        for message: Message?,
        in era: Era<P>,
        _ reading: Reading
    ) throws(ProtocolError) -> Plan<P>.Action {
        guard case .request(let id, let name, let params) = message else { return news(in: message, reading) }
        guard let method = era.methods[name] else { throw ProtocolError(.methodNotFound) }
        return try method.plan(
            MethodCall(
                server: self,
                era: era.name,
                revision: reading.revision ?? .november2025,
                client: reading.client ?? Client(info: nil, capabilities: ClientCapabilities()),
                binding: reading.binding,
                tenant: reading.tenant,
                method: name,
                id: id,
                params: params,
                session: reading.session,
                canStream: reading.canStream,
                responder: responder(reading, in: era)
            )
        )
    }

    /// What a message brings to somebody who waits: an answer, or that it need not be waited for.
    ///
    /// Whether anybody waits is not told: a response is accepted in any case, and so is a notification.
    private func news(in message: Message?, _ reading: Reading) -> Plan<P>.Action {
        let accepted = HTTPResponse(status: .accepted)
        let notes = reading.session.map {
            SessionNotes($0, of: reading.tenant, in: mailroom, for: limits.sessionLifetime)
        }
        guard let notes else { return .reply(accepted) }
        switch message {
        case .response(.string(let id), let body) where OpenQuestion.isID(id):
            return .open { _, channel in
                let isStarted = self.threads.run(for: reading.binding) {
                    do throws(MailroomError) {
                        try OpenQuestion.answer(id, with: body.raw.bytes, notes, for: self.limits.questionTime)
                        channel.send(accepted)
                    } catch {
                        channel.send(.busy(nil))
                    }
                }
                if !isStarted { channel.send(.busy(nil)) }
            }
        case .notification("notifications/cancelled", let params):
            guard let request = params?["requestId"].flatMap(MessageID.init) else { return .reply(accepted) }
            return .caller { _ in
                self.mailroom.post("", to: notes.cancellationAddress(request))
                return accepted
            }
        default: return .reply(accepted)
        }
    }

    // MARK: Parts

    private func responder(_ reading: Reading, in era: Era<P>) -> Responder {
        Responder(
            id: reading.message?.id,
            era: era.name,
            form: reading.form,
            envelope: era.envelope
        )
    }

    private func plan(_ action: Plan<P>.Action, _ reading: Reading) -> Plan<P> {
        Plan(
            action: action, session: reference(reading), facts: facts(reading),
            cancellation: cancellation(of: action, reading)
        )
    }

    private func cancellation(of action: Plan<P>.Action, _ reading: Reading) -> Plan<P>.Cancellation? {
        switch action {
        case .work, .fetch: break
        default: return nil
        }
        if reading.era == .stateless { return .disconnect }
        guard let session = reading.session, let id = reading.message?.id else { return nil }
        return .notification { [mailroom, limits] body in
            let notes = SessionNotes(session, of: reading.tenant, in: mailroom, for: limits.sessionLifetime)
            return mailroom.receive(at: notes.cancellationAddress(id)) { if case .letter = $0 { body() } }
        }
    }

    private func refusal(_ error: ProtocolError, _ reading: Reading) -> Plan<P> {
        // A response that is refused has an id, but it is ours, not one that the client waits for.
        let id = reading.message?.isRequest == true ? reading.message?.id : nil
        var response = HTTPResponse(error, id: id, era: reading.era ?? .handshake, form: reading.form)
        if error.kind == .methodNotAllowed {
            response.headers.set(.allow, provider.offer.hasSessionStream ? "POST, GET, DELETE" : "POST, DELETE")
        }
        var facts = facts(reading)
        facts.refusal = error.kind
        return Plan(action: .reply(response), session: reference(reading), facts: facts, cancellation: nil)
    }

    private func reference(_ reading: Reading) -> SessionReference? {
        guard let session = reading.session else { return nil }
        let requestID = reading.message?.isRequest == true ? reading.message?.id : nil
        return SessionReference(digest: session.digest, expiresAt: session.expiresAt, requestID: requestID)
    }

    private func facts(_ reading: Reading) -> RequestFacts {
        var facts = RequestFacts()
        facts.era = reading.era
        facts.revision = reading.revision
        facts.client = reading.client
        facts.id = reading.message?.id
        if let name = reading.message?.method, let era = reading.era, self.era(era).methods[name] != nil {
            facts.method = name
            if name == "tools/call" { facts.tool = reading.message?.params?["name"]?.string }
        }
        return facts
    }
}

/// The answer to a batch: the answers to its requests, or nothing if it had none.
private func joined(_ responses: [HTTPResponse], as form: AnswerForm) -> HTTPResponse {
    let bodies = responses.map(\.body).filter { !$0.isEmpty }
    guard !bodies.isEmpty else { return HTTPResponse(status: .accepted) }
    var writer = JSONWriter(capacity: bodies.reduce(2) { $0 + $1.count + 1 })
    writer.beginArray()
    for body in bodies { writer.write(raw: body) }
    writer.endArray()
    return HTTPResponse(.ok, json: writer.bytes, as: form)
}
