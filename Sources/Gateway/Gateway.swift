import Glibc
package import HTTP
package import HTTPServer
import Identity
import MCP
import Postgres
import Telemetry
import Tools

/// The path of a request, from the event loop to a worker and back.
///
/// `receive` runs on the event loop and decides what needs no look-up: the route, the origin, the form of the
/// credential, and whether the workspace has too many calls waiting already; what the protocol answers by itself it
/// answers there to a caller of whom a check stands (``RecentChecks``). The rest runs on a worker: the message is read,
/// and the check of the token leaves for the database in one flush with the statements of the tool. Only when the rows
/// are back is it known whether the caller was anybody; until then nothing of them is answered.
package final class Gateway: Sendable {
    let parts: Parts

    package init(_ parts: Parts) { self.parts = parts }

    /// Takes a request from the event loop.
    package func receive(_ request: HTTPRequest, _ responder: HTTPResponder) {
        let heading = request.notes.note { Heading(request, parts.origins) }
        let id = RequestID(incoming: heading.id)
        do throws(Refused) {
            switch heading.route {
            case .endpoint(let workspace, let suffix):
                // Told by the head alone, before anything is made of credential and body: to refuse must cost little.
                if let refusal = heading.refusal { throw refusal }
                if let tenant = heading.tenant, let wait = parts.pool.refusal(of: tenant.share) {
                    return turnAway(request, id, from: tenant, responder, retryAfter: wait)
                }
                submit(try call(request, id, for: workspace, suffix, responder), isStateless: heading.isStateless)
            case .resourceMetadata: answer(try metadata(for: request), to: request, id, responder, CallRecord())
            case .health: answer(Health.alive, to: request, id, responder, CallRecord())
            case .readiness: answer(readiness, to: request, id, responder, CallRecord())
            case .metrics: answer(exposition, to: request, id, responder, CallRecord())
            case .unknown: throw Refused(.notFound)
            }
        } catch {
            answer(error.response, to: request, id, responder, error.record)
        }
    }

    /// The call that a request is, by the form of its credential.
    private func call(
        _ request: HTTPRequest,
        _ id: RequestID,
        for workspace: String,
        _ suffix: EndpointSuffix,
        _ responder: HTTPResponder
    ) throws(Refused) -> Call {
        let presented = request.notes.note { Presentation(request, for: workspace, suffix, parts) }
        switch presented.credential {
        case .success(let credential):
            return Call(
                request: request, id: id, credential: credential, binding: presented.binding, responder: responder,
                selection: presented.selection
            )
        case .failure(let error):
            var refused = Refused(error, to: request, parts)
            // A page has to see the challenge to act on it.
            parts.origins.share(&refused.response, with: request)
            throw refused
        }
    }

    /// Hands a call to the workers, or answers at once that they are busy.
    private func submit(_ call: Call, isStateless: Bool) {
        let cancellation = CallCancellation(call.responder, isStateless: isStateless, since: call.request.arrival)
        var plan: Plan<ToolProvider>?
        if isWorthReading(call) {
            let read = self.plan(call)
            if let (response, record) = work(call, read, cancellation).answerAtOnce() {
                return answer(call, response, record)
            }
            plan = read
        }
        let job = Job(
            tenant: call.credential.workspace.share,
            deadline: call.request.arrival + parts.callTimeout,
            isAbandoned: { cancellation.isCancelled },
            plan: { [plan] in
                self.work(call, plan ?? self.plan(call), cancellation).step { response, record in
                    self.answer(call, response, record)
                }
            },
            refuse: { refusal in self.refuse(call, refusal) }
        )
        if case .full(let wait) = parts.pool.submit(job) { turnAway(call, retryAfter: wait) }
    }

    private func turnAway(_ call: Call, retryAfter wait: Duration) {
        turnAway(call.request, call.id, from: call.credential.workspace, call.responder, retryAfter: wait)
    }

    /// Says when to come back; told in the log in sums, for there may be thousands a second.
    private func turnAway(
        _ request: HTTPRequest,
        _ id: RequestID,
        from workspace: WorkspaceID,
        _ responder: HTTPResponder,
        retryAfter wait: Duration
    ) {
        var response = HTTPResponse.busy(retryAfter: wait.retrySeconds)
        parts.origins.share(&response, with: request)
        response.headers.set(.xRequestID, id.description)
        responder.refuse(response)
        parts.journal.turnedAway(from: workspace)
    }

    /// Whether the event loop reads the message of a call: a short one that calls no tool, of a workspace whose callers
    /// are known. Such are mostly answered without a worker.
    private func isWorthReading(_ call: Call) -> Bool {
        call.request.body.count <= 2_048 && !call.request.body.holds("tools/call")
            && parts.checks.isKnown(call.credential.workspace)
    }

    private func work(_ call: Call, _ plan: Plan<ToolProvider>, _ cancellation: CallCancellation) -> Work {
        cancellation.follow(plan.cancellation)
        return Work(
            call: call, plan: plan, parts: parts, waited: ContinuousClock.now - call.request.arrival,
            deadline: call.request.arrival + parts.callTimeout, isAbandoned: { cancellation.isCancelled }
        )
    }

    private func plan(_ call: Call) -> Plan<ToolProvider> {
        parts.mcp.plan(call.request, binding: call.binding, tenant: call.credential.workspace.uuid)
    }

    /// Sends the answer, and tells log and metrics of it.
    private func answer(_ call: Call, _ response: HTTPResponse, _ record: CallRecord) {
        var response = response
        parts.origins.share(&response, with: call.request)
        answer(response, to: call.request, call.id, call.responder, record, of: call.credential)
    }

    private func answer(
        _ response: HTTPResponse,
        to request: HTTPRequest,
        _ id: RequestID,
        _ responder: HTTPResponder,
        _ record: CallRecord,
        of credential: PresentedCredential? = nil
    ) {
        var response = response
        response.headers.set(.xRequestID, id.description)
        responder.send(response)
        parts.journal.record(response, to: request, id, record, of: credential)
    }

    private func refuse(_ call: Call, _ refusal: Refusal) {
        if refusal == .abandoned { return answer(call, HTTPResponse(status: .accepted), .cancelled) }
        if refusal == .overdue {
            return turnAway(call, retryAfter: parts.pool.refusal(of: call.credential.workspace.share) ?? .seconds(1))
        }
        let error = ToolError(refusal)
        // Read only to answer under the request's own id, so that a client shows the sentence.
        let plan = plan(call)
        let response = HTTPResponse.unserved(error, plan, requestID: call.id)
        answer(call, response, CallRecord(outcome: "refused", errorCode: error.code.rawValue))
    }
}

extension CallRecord {
    init(outcome: String, errorCode: String?) {
        self.init(outcome: outcome)
        self.errorCode = errorCode
    }
}

extension Gateway {
    private var readiness: HTTPResponse {
        Health.readiness(isDatabaseHealthy: parts.pool.isHealthy, isStopping: parts.stopping.isSet)
    }

    private var exposition: HTTPResponse {
        var response = HTTPResponse(status: .ok, body: parts.metrics.exposition())
        response.headers.set(.contentType, "text/plain; version=0.0.4; charset=utf-8")
        return response
    }
}

extension [UInt8] {
    /// Whether these bytes have those of a word among them, one after the other.
    fileprivate func holds(_ word: StaticString) -> Bool {
        unsafe withUnsafeBytes { bytes in
            let (length, first) = (word.utf8CodeUnitCount, unsafe CInt(word.utf8Start.pointee))
            guard var place = bytes.baseAddress else { return false }
            let end = unsafe place + bytes.count
            while unsafe end - place >= length,
                let found = unsafe memchr(place, first, end - place - length + 1)
            {
                if unsafe memcmp(found, word.utf8Start, length) == 0 { return true }
                unsafe place = UnsafeRawPointer(found) + 1
            }
            return false
        }
    }
}
