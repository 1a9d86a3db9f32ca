import HTTP
import HTTPClient
import JSON
import MCP

/// What the client sends.
extension BridgeSession {
    /// Takes a line.
    mutating func take(_ line: LineReader.Line) {
        guard ending == .no else { return }
        do throws(ClientLine.Mistake) {
            let line = try ClientLine(line, limit: limits.lineBytes)
            switch line.message {
            case .request(let id, _, _): take(line, under: id)
            case .notification(let method, let params): take(line, method, params)
            case .response: take(answer: line)
            }
        } catch {
            note(.badLine)
            write(error.refusal.message(to: error.id))
        }
    }

    private mutating func take(_ line: ClientLine, under id: MessageID) {
        guard keys[id] == nil else {
            return write(
                Refusal(ProtocolError(.invalidRequest, "A request with this id is under way already")).message(to: id)
            )
        }
        guard keys.count < limits.calls else { return write(Refusal.tooManyCalls(limits.calls).message(to: id)) }
        let key = CallKey(number: nextNumber())
        calls[key] = Call(key: key, owner: .client, message: line.message, bytes: line.bytes)
        keys[id] = key
        admit(key)
    }

    private mutating func take(_ line: ClientLine, _ method: String, _ params: JSONNode?) {
        if method == "notifications/cancelled" { return cancel(line, params) }
        // What is no notification of the protocol could be a call without an id, which must not slip through.
        guard method.hasPrefix("notifications/") else { return note(.messageDropped) }
        guard line.message.era == .handshake else { return postStateless(line) }
        if method == "notifications/initialized" { return announce(line.bytes) }
        switch link.phase {
        case .open: post(PostedNote(number: nextNumber(), bytes: line.bytes, generation: link.session?.generation))
        case .opening, .reopening, .announcing:
            guard link.waitingNotes.count < limits.calls else { return note(.messageDropped) }
            link.waitingNotes.append(line.bytes)
        case .none, .lost: note(.messageDropped)
        }
    }

    /// An answer to something that the endpoint asked, which only its own session waits for.
    private mutating func take(answer line: ClientLine) {
        guard link.phase == .open else { return note(.messageDropped) }
        post(PostedNote(number: nextNumber(), bytes: line.bytes, generation: link.session?.generation))
    }

    /// The client does not want an answer any more.
    private mutating func cancel(_ line: ClientLine, _ params: JSONNode?) {
        guard let key = params?["requestId"].flatMap(MessageID.init).flatMap({ keys[$0] }), let call = calls[key],
            !call.isHandshake
        else { return }
        let isSent =
            switch call.phase {
            case .underWay, .detached: true
            default: false
            }
        // In the stateless era the end of the connection says it.
        remove(key)
        guard call.era == .handshake, isSent, link.phase == .open else { return }
        post(PostedNote(number: nextNumber(), bytes: line.bytes, generation: link.session?.generation))
    }

    // MARK: Posting

    /// Posts a message that gets no answer, unless its session is over.
    mutating func post(_ note: PostedNote) {
        guard let session = link.session, session.generation == note.generation else {
            return self.note(.messageDropped)
        }
        var headers = HTTPHeaders.posting
        headers.present(session)
        open(
            .note(note), in: session,
            OutgoingRequest(headers: headers, body: note.bytes, isRepeatable: true, timeLimit: limits.errand))
    }

    private mutating func postStateless(_ line: ClientLine) {
        let headers = HTTPHeaders.stateless(line.message, mirroring: [])
        open(
            .note(PostedNote(number: nextNumber(), bytes: line.bytes, generation: nil)),
            OutgoingRequest(headers: headers, body: line.bytes, timeLimit: limits.errand))
    }

    /// What became of a message that gets no answer.
    mutating func endNote(_ note: PostedNote, _ exchange: Exchange, _ failure: TransferFailure?) {
        guard let head = exchange.reader.head else {
            guard failure?.isLasting == false else { return self.note(.messageRefused(nil)) }
            return repost(note, nil)
        }
        switch head.status.rawValue {
        case ..<300: return
        case 404 where exchange.lostSession != nil: loseSession(exchange.lostSession)
        case 429, 502...504: repost(note, head)
        default: self.note(.messageRefused(head.status))
        }
    }

    /// Posts a message again later: the endpoint may wait for it, and takes no harm from one that comes twice.
    private mutating func repost(_ note: PostedNote, _ head: AnswerHead?) {
        var note = note
        note.attempts += 1
        guard note.generation != nil, note.attempts <= 6 else { return self.note(.messageRefused(head?.status)) }
        waitingNotes[note.number] = note
        let pause = head?.retryAfter ?? BridgeLimits.pause(before: note.attempts)
        act(.wake(.repost(note.number), after: min(pause, limits.patience)))
    }
}
