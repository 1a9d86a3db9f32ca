import HTTP
import HTTPClient
import JSON
import MCP

/// What the endpoint answers.
extension BridgeSession {
    mutating func begin(_ id: ExchangeID, _ head: AnswerHead) {
        exchanges[id]?.reader.begin(head)
        if exchanges[id]?.purpose == .stream, head.isEventStream { streamOpened() }
    }

    mutating func read(_ id: ExchangeID, _ bytes: [UInt8]) {
        do throws(EventStreamReader.TooLarge) {
            for event in try exchanges[id]?.reader.read(bytes) ?? [] {
                // A message may end the exchange, and with it whatever follows on it.
                guard let exchange = exchanges[id] else { return }
                exchanges[id]?.hasProgress = true
                take(event, of: exchange)
            }
        } catch {
            guard let exchange = exchanges[id] else { return }
            drop(id)
            switch exchange.purpose {
            case .call(let key), .resumption(let key): fail(key, .answerTooLarge(limits.answerBytes))
            default: end(id, exchange, nil)
            }
        }
    }

    mutating func end(_ id: ExchangeID, _ failure: TransferFailure?) {
        guard let exchange = exchanges.removeValue(forKey: id) else { return }
        end(id, exchange, failure)
    }

    private mutating func end(_ id: ExchangeID, _ exchange: Exchange, _ failure: TransferFailure?) {
        switch exchange.purpose {
        case .call(let key): if calls[key]?.phase == .underWay(id) { settle(key, exchange, failure) }
        case .resumption(let key): if calls[key]?.phase == .underWay(id) { settleResumption(key, exchange) }
        case .note(let note): endNote(note, exchange, failure)
        case .announcement: endAnnouncement(exchange)
        case .stream: endStream(exchange)
        case .farewell: if ending == .leaving { ending = .done }
        }
    }

    // MARK: Events

    private mutating func take(_ event: EventStreamReader.Event, of exchange: Exchange) {
        switch exchange.purpose {
        case .call(let key), .resumption(let key):
            calls[key]?.idleResumptions = 0
            calls[key]?.troubleSince = nil
            calls[key]?.attempts = 0
            if let id = event.id { calls[key]?.lastEventID = id.isEmpty ? nil : id }
            if let retry = event.retry { calls[key]?.retryTime = retry }
        case .stream:
            if let id = event.id { link.stream.lastEventID = id.isEmpty ? nil : id }
            if let retry = event.retry { link.stream.retryTime = retry }
        case .note, .announcement, .farewell: return
        }
        guard !event.data.isEmpty, event.name == nil || event.name == "message" else { return }
        guard let root = try? JSONDocument(event.data, limits: limits.answers).root, let message = try? Message(root)
        else { return note(.answerUnreadable) }
        take(message, root, of: exchange)
    }

    private mutating func take(_ message: Message, _ root: JSONNode, of exchange: Exchange) {
        let key = exchange.purpose.call
        if case .response(let id, _) = message {
            guard let key, let call = calls[key], call.id == id else { return note(.answerUnexpected) }
            return complete(key, root, exchange)
        }
        // In the stateless era nobody asks the client anything in this way.
        if message.isRequest, exchange.session == nil { return note(.answerUnexpected) }
        if let key {
            guard let call = calls[key] else { return }
            calls[key]?.hasSpoken = true
            if call.owner != .client { return }
            if message.method == "notifications/subscriptions/acknowledged", renewed.remove(key) != nil {
                return tellMissedChanges(message.params, to: call)
            }
        }
        if message.method == "notifications/tools/list_changed" { catalog.forget() }
        write(root.raw.bytes)
    }

    // MARK: Answers

    /// Gives a call its answer.
    private mutating func complete(_ key: CallKey, _ root: JSONNode, _ exchange: Exchange) {
        guard let call = calls[key] else { return }
        if isHeaderMismatch(root, for: call) { return refreshTools(for: key) }
        if root["result"] == nil, let refusal = Refusal(passingOn: root) { return fail(key, refusal) }
        // The exchange goes on to its own end, which keeps the connection for others.
        calls[key]?.phase = .new
        remove(key)
        switch call.owner {
        case .client: hand(call, root, exchange)
        case .reopening: completeReopening(root, exchange)
        case .restoring: break
        case .listing: completeListing(root)
        }
    }

    private mutating func hand(_ call: Call, _ root: JSONNode, _ exchange: Exchange) {
        switch call.method {
        case "initialize" where call.isHandshake: completeOpening(call, root, exchange)
        case "tools/list": return hand(page: root, of: call)
        case "logging/setLevel", "resources/subscribe", "resources/unsubscribe": keepSetting(of: call)
        default: break
        }
        write(root.raw.bytes)
        guard call.isHandshake else { return }
        openFor(waiting: link.session == nil ? .none : .open)
        postAnnouncement()
    }

    /// An exchange ended, and its call has no answer yet.
    private mutating func settle(_ key: CallKey, _ exchange: Exchange, _ failure: TransferFailure?) {
        guard let call = calls[key] else { return }
        guard let head = exchange.reader.head else { return settleUnanswered(key, failure) }
        if head.isEventStream { return settleBrokenStream(call) }
        if failure != nil { return settleLost(call) }
        let root = try? JSONDocument(exchange.reader.document, limits: limits.answers).root
        if (200..<300).contains(head.status.rawValue) {
            if let root, let message = try? Message(root), case .response(let id, _) = message, id == call.id {
                return complete(key, root, exchange)
            }
            return fail(key, Refusal(passingOn: root) ?? .answerNotUnderstood(head))
        }
        settleRefused(call, head, root, exchange)
    }

    /// No answer began.
    private mutating func settleUnanswered(_ key: CallKey, _ failure: TransferFailure?) {
        guard let call = calls[key] else { return }
        guard let failure else { return fail(key, .answerNotUnderstood(nil)) }
        guard failure.isUnsent else { return settleLost(call) }
        let refusal = Refusal.unreachable(failure)
        if call.isRenewable, !failure.isLasting { return relisten(key) }
        failure.isLasting ? fail(key, refusal) : retry(key, or: refusal)
    }

    /// The request was sent, and the answer is lost.
    private mutating func settleLost(_ call: Call) {
        if call.isRenewable { return relisten(call.key) }
        guard call.isRepeatable(catalog), !call.hasSpoken else { return fail(call.key, .outcomeUnknown) }
        retry(call.key, or: .outcomeUnknown)
    }

    private mutating func settleBrokenStream(_ call: Call) {
        guard call.era == .handshake, call.lastEventID != nil else { return settleLost(call) }
        detach(call.key)
    }

    /// The endpoint answered with a status that is no success.
    private mutating func settleRefused(_ call: Call, _ head: AnswerHead, _ root: JSONNode?, _ exchange: Exchange) {
        let refusal = Refusal(passingOn: root) ?? .status(head, root)
        if let lost = exchange.lostSession { return repeatInNewSession(call, lost, or: refusal) }
        if let root, isHeaderMismatch(root, for: call) { return refreshTools(for: call.key) }
        switch head.status.rawValue {
        case 429: retry(call.key, head.status, after: head.retryAfter, or: refusal)
        case 503 where head.retryAfter != nil: retry(call.key, head.status, after: head.retryAfter, or: refusal)
        case 502...504 where call.isRenewable: relisten(call.key)
        case 502...504 where call.isRepeatable(catalog): retry(call.key, head.status, or: refusal)
        default: fail(call.key, refusal)
        }
    }

    // MARK: Streams of answers

    /// Waits until the rest of an answer is to be asked for.
    private mutating func detach(_ key: CallKey) {
        guard var call = calls[key] else { return }
        call.idleResumptions += 1
        let since = call.troubleSince ?? now
        call.troubleSince = since
        // The endpoint says how long to wait; what brings nothing again and again is asked for more rarely.
        let growing = BridgeLimits.pause(before: call.idleResumptions)
        let wish = min(call.retryTime ?? growing, .seconds(60))
        let pause = call.idleResumptions == 1 ? wish : max(wish, growing)
        let isOverdue = since.duration(to: now) + pause > limits.patience
        guard !isOverdue || call.idleResumptions <= limits.idleResumptions else { return fail(key, .outcomeUnknown) }
        call.phase = .detached
        calls[key] = call
        act(.wake(.resume(key), after: pause))
    }

    /// Asks for the rest of an answer.
    mutating func resume(_ key: CallKey) {
        guard let call = calls[key], let session = link.session, let last = call.lastEventID else { return }
        guard link.phase == .open, session.generation == call.generation else { return fail(key, .sessionLost) }
        note(.resuming(attempt: call.idleResumptions))
        let exchange = open(
            .resumption(key), in: session,
            OutgoingRequest(method: .get, headers: .listening(in: session, after: last), isRepeatable: true))
        calls[key]?.phase = .underWay(exchange)
        act(.wake(.silence(key, exchange), after: limits.silence))
    }

    private mutating func settleResumption(_ key: CallKey, _ exchange: Exchange) {
        guard let head = exchange.reader.head, !head.isEventStream else { return detach(key) }
        switch head.status.rawValue {
        case 429, 500...: detach(key)
        case 404:
            loseSession(exchange.lostSession)
            fail(key, .sessionLost)
        default: fail(key, .outcomeUnknown)
        }
    }

    /// An endpoint that has forgotten the stream may have opened another one, on which nothing will come.
    mutating func giveUpSilent(_ key: CallKey, _ exchange: ExchangeID) {
        guard calls[key]?.phase == .underWay(exchange), exchanges[exchange]?.hasProgress == false else { return }
        fail(key, .outcomeUnknown)
    }
}

extension BridgeSession.Purpose {
    /// The call that an exchange is for.
    var call: CallKey? {
        switch self {
        case .call(let key), .resumption(let key): key
        case .note, .announcement, .stream, .farewell: nil
        }
    }
}
