import HTTP
import HTTPClient
import JSON
import MCP

/// Streams that stay open: the session's own, and what the stateless era listens to.
extension BridgeSession {
    /// The longest time between two attempts to open a stream.
    private static let longestPause = Duration.seconds(30)

    /// Opens the session's own stream, where it was left.
    mutating func openStream() {
        guard link.phase == .open, let session = link.session, ending == .no, link.stream.exchange == nil,
            !link.stream.isUnavailable, link.announcement != nil
        else { return }
        let headers = HTTPHeaders.listening(in: session, after: link.stream.lastEventID)
        link.stream.exchange = open(
            .stream, in: session, OutgoingRequest(method: .get, headers: headers, isRepeatable: true)
        )
    }

    mutating func streamOpened() {
        link.stream.wasOpen = true
        link.stream.openedAt = now
        note(.streamOpened)
    }

    /// The stream ended, or could not be opened.
    mutating func endStream(_ exchange: Exchange) {
        guard let session = exchange.session, session == link.session else { return }
        let openedAt = link.stream.openedAt
        (link.stream.exchange, link.stream.openedAt) = (nil, nil)
        guard ending == .no else { return }
        let isRefused = exchange.reader.head.map { !$0.isEventStream } ?? false
        if isRefused, let status = exchange.reader.head?.status {
            switch status.rawValue {
            case 404 where link.stream.wasOpen: return loseSession(session.generation)
            case 429, 500, 502...599: break
            case 400 where link.stream.lastEventID != nil: link.stream.lastEventID = nil
            default:
                link.stream.isUnavailable = true
                return note(.streamUnavailable(status))
            }
        }
        // One that was open for a while is no failure: proxies end what is old.
        let wasStable = openedAt.map { $0.duration(to: now) >= .seconds(10) } ?? false
        link.stream.failures = wasStable ? 1 : link.stream.failures + 1
        waitForStream()
    }

    /// Opens the stream again after a while.
    mutating func waitForStream() {
        let growing = BridgeLimits.pause(before: link.stream.failures + 2, atMost: Self.longestPause)
        let pause = link.stream.failures <= 1 ? link.stream.retryTime ?? growing : growing
        note(.streamLost(after: pause))
        act(.wake(.stream(generation: link.lastGeneration), after: min(pause, Self.longestPause)))
    }

    /// The time has come to open the stream again, or the session first if that was lost.
    mutating func reopenStream(_ generation: Int) {
        guard generation == link.lastGeneration, ending == .no else { return }
        if link.phase == .lost { return reopen() }
        openStream()
    }

    // MARK: Listening in the stateless era

    /// Opens a stream of changes again that was lost. The client need not know: it asked for one for as long as it runs.
    mutating func relisten(_ key: CallKey) {
        guard var call = calls[key] else { return }
        renewed.insert(key)
        call.attempts += 1
        call.phase = .pausing
        calls[key] = call
        let pause = BridgeLimits.pause(before: call.attempts + 1, atMost: Self.longestPause)
        note(.streamLost(after: pause))
        act(.wake(.retry(key), after: pause))
    }

    /// Nothing is sent again on a stream of changes, so whatever may have changed is said to have.
    mutating func tellMissedChanges(_ acknowledged: JSONNode?, to call: Call) {
        guard let id = call.id, let wanted = acknowledged?["notifications"] else { return }
        let meta = JSONMember("_meta", .object([JSONMember(MetaKey.subscriptionID, id.json)]))
        for (member, list) in [
            ("toolsListChanged", "tools"), ("promptsListChanged", "prompts"), ("resourcesListChanged", "resources"),
        ] where wanted[member]?.bool == true {
            if list == "tools" { catalog.forget() }
            write(notification: "notifications/\(list)/list_changed", [meta])
        }
        for uri in wanted["resourceSubscriptions"]?.elements ?? [] {
            write(notification: "notifications/resources/updated", [JSONMember("uri", .raw(uri.raw)), meta])
        }
    }
}

extension HTTPHeaders {
    /// The headers of a stream that the client opens by itself.
    static func listening(in session: OpenSession, after last: String?) -> HTTPHeaders {
        var headers: HTTPHeaders = [.accept: "text/event-stream"]
        headers.present(session)
        if let last { headers.append(.lastEventID, last) }
        return headers
    }
}
