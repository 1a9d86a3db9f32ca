import HTTP
import HTTPClient
import JSON
import MCP

/// The session of the handshake era: opened by the client, opened anew by the bridge.
extension BridgeSession {
    /// Sends the client's `initialize`. A session that is open already ends.
    mutating func beginOpening(_ key: CallKey) {
        guard !link.isComing else {
            return fail(key, Refusal(ProtocolError(.invalidRequest, "A session is being opened already")))
        }
        if let session = link.session { sayGoodbye(to: session) }
        leaveSession()
        (link.handshake, link.announcement) = (nil, nil)
        link.phase = .opening(key)
        send(key)
    }

    /// The client's `initialize` was answered.
    mutating func completeOpening(_ call: Call, _ root: JSONNode, _ exchange: Exchange) {
        guard let revision = root["result"]?["protocolVersion"]?.string, let params = call.message.params else {
            return
        }
        let capabilities = root["result"]?["capabilities"]
        let lists = ["tools", "prompts", "resources"]
        link.handshake = Handshake(
            params: params.raw,
            revision: revision,
            changingLists: lists.filter { capabilities?[$0]?["listChanged"]?.bool == true }
        )
        enter(revision, exchange)
        note(.sessionOpened(revision: revision))
    }

    /// The client's `initialize` failed. What waits for it is sent without a session, and refused as it would be.
    mutating func failOpening() { openFor(waiting: .none) }

    /// Remembers the session that an answer opened.
    private mutating func enter(_ revision: String, _ exchange: Exchange) {
        link.lastGeneration += 1
        link.session = OpenSession(
            generation: link.lastGeneration, id: exchange.reader.head?.headers.first(.mcpSessionID), revision: revision
        )
        link.stream = SessionStream()
        catalog.forget()
    }

    /// Sends everything that waited for the session.
    mutating func openFor(waiting phase: SessionLink.Phase) {
        link.phase = phase
        let (calls, notes) = (link.waitingCalls, link.waitingNotes)
        (link.waitingCalls, link.waitingNotes) = ([], [])
        if let session = link.session {
            for bytes in notes {
                post(PostedNote(number: nextNumber(), bytes: bytes, generation: session.generation))
            }
        }
        for key in calls where self.calls[key]?.phase == .waitingForSession { send(key) }
    }

    // MARK: Ready

    /// The client is ready for what the endpoint sends by itself. What it says early, or late, waits for the session.
    mutating func announce(_ bytes: [UInt8]) {
        guard link.phase != .none else { return note(.messageDropped) }
        link.announcement = bytes
        if link.phase == .open { postAnnouncement() }
    }

    mutating func postAnnouncement() {
        guard let session = link.session, let bytes = link.announcement else { return }
        var headers = HTTPHeaders.posting
        headers.present(session)
        open(
            .announcement, in: session,
            OutgoingRequest(headers: headers, body: bytes, isRepeatable: true, timeLimit: limits.errand))
    }

    mutating func endAnnouncement(_ exchange: Exchange) {
        guard exchange.session == link.session else { return }
        if let lost = exchange.lostSession, link.phase == .open { return loseSession(lost) }
        if link.phase == .announcing {
            restoreSettings()
            openFor(waiting: .open)
        }
        openStream()
    }

    // MARK: Lost and found

    /// The endpoint does not know a session any more.
    mutating func loseSession(_ generation: Int?) {
        guard let generation, link.session?.generation == generation, link.phase == .open || link.phase == .announcing
        else { return }
        note(.sessionLost)
        leaveSession()
        link.phase = .lost
        if ending == .no { reopen() }
    }

    /// A call got 404, so it was not carried out: it is sent again in the next session.
    mutating func repeatInNewSession(_ call: Call, _ generation: Int, or refusal: Refusal) {
        calls[call.key]?.lostSessions += 1
        loseSession(generation)
        guard call.lostSessions < 2 else { return fail(call.key, refusal) }
        send(call.key)
    }

    /// Drops what belongs to the session.
    private mutating func leaveSession() {
        if let stream = link.stream.exchange { drop(stream) }
        link.stream = SessionStream()
        link.session = nil
        catalog.forget()
    }

    /// Opens a session as the client did, without the client.
    mutating func reopen() {
        guard link.phase == .lost, let handshake = link.handshake,
            let key = addErrand(.reopening, "initialize", handshake.params)
        else { return }
        link.phase = .reopening(key)
        send(key)
    }

    /// The bridge's own `initialize` was answered.
    mutating func completeReopening(_ root: JSONNode, _ exchange: Exchange) {
        guard let handshake = link.handshake, let revision = root["result"]?["protocolVersion"]?.string else {
            return failReopening(.answerNotUnderstood(exchange.reader.head))
        }
        enter(revision, exchange)
        note(.sessionReopened(revision: revision))
        if revision != handshake.revision { note(.revisionChanged(from: handshake.revision, to: revision)) }
        guard link.announcement != nil else {
            restoreSettings()
            return openFor(waiting: .open)
        }
        link.phase = .announcing
        postAnnouncement()
    }

    /// There is no session to be had now. The next call tries again, and so does the stream.
    mutating func failReopening(_ refusal: Refusal) {
        note(.sessionNotReopened)
        link.phase = .lost
        link.waitingNotes = []
        let waiting = link.waitingCalls
        link.waitingCalls = []
        for key in waiting where calls[key]?.phase == .waitingForSession { fail(key, refusal) }
        guard link.announcement != nil, ending == .no else { return }
        link.stream.failures += 1
        waitForStream()
    }

    // MARK: Settings

    /// Remembers what the client has set, for the next session.
    mutating func keepSetting(of call: Call) {
        guard let params = call.message.params, link.handshake != nil else { return }
        let uri = params["uri"].map { RawJSON(.string($0.string ?? "")).text } ?? ""
        let subject = call.method == "logging/setLevel" ? call.method : "resource " + uri
        link.handshake?.settings.removeAll { $0.subject.utf8.elementsEqual(subject.utf8) }
        guard call.method != "resources/unsubscribe" else { return }
        link.handshake?.settings.append((subject, call.method, params.raw))
    }

    /// Sets in the new session what was set in the old one, and tells the client what it may have missed.
    private mutating func restoreSettings() {
        guard let handshake = link.handshake else { return }
        for setting in handshake.settings {
            if let key = addErrand(.restoring, setting.method, setting.params) { transmit(key) }
        }
        guard link.announcement != nil else { return }
        for list in handshake.changingLists { write(notification: "notifications/\(list)/list_changed") }
        for setting in handshake.settings where setting.method == "resources/subscribe" {
            guard let uri = (try? JSONDocument(setting.params.bytes).root)?["uri"] else { continue }
            write(notification: "notifications/resources/updated", [JSONMember("uri", .raw(uri.raw))])
        }
    }
}
