import HTTP
import Identity
import MCP
import Telemetry
import Tools

extension Work {
    /// What the log says of this call, as far as the protocol knows.
    func record(_ base: CallRecord = CallRecord()) -> CallRecord {
        var record = base
        record.era = plan.facts.era?.rawValue
        record.revision = plan.facts.revision?.rawValue
        record.method = plan.facts.method
        record.client = plan.facts.client?.info?.name.label(80)
        record.waited = waited
        if let refusal = plan.facts.refusal, record.reason == nil {
            record.outcome = "refused"
            record.reason = "\(refusal)"
        }
        return record
    }

    func record(_ outcome: ToolCallOutcome) -> CallRecord { record(outcome.verdict) }

    /// The same of a call of a tool that ended so.
    func record(_ verdict: Verdict) -> CallRecord {
        var record = record()
        record.outcome = verdict.audit.rawValue
        record.errorCode = verdict.errorCode
        // A name that is no tool was made up by the client and does not go into logs and metrics.
        record.tool = plan.facts.tool.flatMap { parts.tools.isKnown($0) ? $0 : nil }
        return record
    }

    /// The same of a request for a resource, a prompt or suggestions.
    func record(_ outcome: FetchCallOutcome, _ prepared: PreparedFetch) -> CallRecord {
        var record = record()
        record.outcome = outcome.verdict.audit.rawValue
        record.errorCode = outcome.verdict.errorCode
        record.fetched = prepared.name ?? "unknown"
        return record
    }

    /// Keeps the event of a call that changed nothing.
    func audit(_ outcome: ToolCallOutcome, _ prepared: PreparedCall, of principal: Principal) {
        audit(outcome.verdict, outcome.verdict.tool ?? prepared.tool?.name, prepared.argumentsDigest, of: principal)
    }

    /// - Parameter name: The tool, resource or prompt, if there is one of the name that was sent.
    func audit(_ verdict: Verdict, _ name: String?, _ digest: [UInt8]?, of principal: Principal) {
        parts.trail.record(event(verdict, name, digest, of: principal))
    }

    func event(
        _ verdict: Verdict,
        _ name: String?,
        _ digest: [UInt8]?,
        of principal: Principal,
        entity: (kind: String, row: RowID)? = nil
    ) -> AuditEvent {
        let client = plan.facts.client?.info
        return AuditEvent(
            workspace: principal.workspace,
            credential: principal.credential,
            client: (client.map { $0.name.label(80) }, client.map { $0.version.label(40) }),
            action: plan.facts.method ?? "tools/call",
            tool: name,
            entity: entity,
            outcome: verdict.audit,
            errorCode: verdict.errorCode,
            argumentsDigest: digest,
            peer: PeerAddress.masked(call.request.peer),
            requestID: call.id.description,
            durationMicroseconds: (ContinuousClock.now - call.request.arrival).microseconds,
            resultBytes: Int64(verdict.bytes),
            at: WallClock.system.now
        )
    }
}

/// Addresses of peers in what is kept.
enum PeerAddress {
    /// The address without its last part: the last number of IPv4, the last 80 bits of IPv6.
    static func masked(_ address: String) -> String {
        let dot = UInt8(ascii: ".")
        if let last = address.utf8.lastIndex(of: dot), address.utf8.count(where: { $0 == dot }) == 3 {
            return address[...last] + "0"
        }
        guard address.utf8.contains(UInt8(ascii: ":")) else { return "" }
        return address.split(separator: ":").prefix(3).joined(separator: ":") + "::"
    }
}

extension String {
    /// What a client calls itself, as it is kept: a few visible characters.
    ///
    /// Counted in scalars, for one character may hold any number of them; without U+0000, which no row can hold.
    func label(_ count: Int) -> String {
        // Nearly every name is short and plain as it is.
        if utf8.count <= count, utf8.allSatisfy({ (0x20...0x7E).contains($0) }) { return self }
        let visible = unicodeScalars.lazy.filter { $0.properties.generalCategory != .control }
        return String(String.UnicodeScalarView(visible.prefix(count)))
    }
}

extension Duration {
    /// Whole microseconds.
    var microseconds: Int64 { components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000 }
}
