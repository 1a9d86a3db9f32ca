import HTTP
import HTTPClient
import JSON
import MCP

/// The way of a call to the endpoint.
extension BridgeSession {
    /// Takes a call as far as it can go: to a refusal, to the list of tools, or on its way.
    mutating func admit(_ key: CallKey) {
        guard let call = calls[key] else { return }
        switch admission(of: call) {
        case .refused(let name): fail(key, Refusal(.unknownTool(name)))
        case .unknown: waitForTools(key)
        case .admitted:
            guard call.isHandshake else { return send(key) }
            beginOpening(key)
        }
    }

    /// Sends a call, once its session is there.
    mutating func send(_ key: CallKey) {
        guard let call = calls[key] else { return }
        if call.era == .handshake, !call.isHandshake {
            if link.phase == .lost { reopen() }
            guard !link.isComing else {
                calls[key]?.phase = .waitingForSession
                link.waitingCalls.append(key)
                return
            }
        }
        calls[key]?.phase = .queued
        // The bridge's own calls do not wait for those that may wait for them.
        call.owner == .client ? queue.append(key) : transmit(key)
    }

    /// Opens the exchange of a call.
    mutating func transmit(_ key: CallKey) {
        guard let call = calls[key] else { return }
        var headers = HTTPHeaders.posting
        var current: OpenSession?
        if call.era == .stateless {
            headers = .stateless(call.message, mirroring: call.tool.flatMap { catalog.entry($0)?.mirrored } ?? [])
        } else if !call.isHandshake, let session = link.session {
            guard !link.isComing, link.phase != .lost else { return send(key) }
            headers.present(session)
            current = session
        }
        let isRepeatable = call.isRepeatable(catalog)
        let timeLimit = call.owner == .client ? nil : limits.errand
        let exchange = open(
            .call(key), in: current,
            OutgoingRequest(headers: headers, body: call.bytes, isRepeatable: isRepeatable, timeLimit: timeLimit))
        calls[key]?.phase = .underWay(exchange)
        calls[key]?.generation = current?.generation
        calls[key]?.lastEventID = nil
    }

    /// Tries a call again later, or gives it up.
    ///
    /// - Parameters:
    ///   - status: What the endpoint answered, if it did.
    ///   - wish: How long the endpoint asks to wait.
    ///   - refusal: What the call ends with if it has been tried for too long.
    mutating func retry(_ key: CallKey, _ status: HTTPStatus? = nil, after wish: Duration? = nil, or refusal: Refusal) {
        guard var call = calls[key] else { return }
        call.attempts += 1
        let since = call.troubleSince ?? now
        call.troubleSince = since
        let pause = wish ?? BridgeLimits.pause(before: call.attempts)
        guard since.duration(to: now) + pause <= limits.patience else { return fail(key, refusal) }
        call.phase = .pausing
        calls[key] = call
        note(.retrying(attempt: call.attempts, after: pause, status))
        act(.wake(.retry(key), after: pause))
    }
}
