import HTTP
import Telemetry

extension BridgeNote {
    /// Says it to the log.
    func write(to log: Log) {
        switch self {
        case .sessionOpened(let revision): log.info("Session opened", [.protocolVersion: .string(revision)])
        case .sessionLost: log.warning("Session lost")
        case .sessionReopened(let revision): log.info("Session opened again", [.protocolVersion: .string(revision)])
        case .sessionNotReopened: log.warning("Session not opened again")
        case .revisionChanged(let old, let new):
            log.warning(
                "The new session has another protocol version",
                [.protocolVersion: .string(new), .reason: .string("the client was told \(old)")]
            )
        case .retrying(let attempt, let delay, let status):
            var fields: LogFields = [.attempt: .integer(attempt), .waitMS: .milliseconds(delay)]
            fields[.status] = status.map { .integer($0.rawValue) }
            log.warning("Trying again", fields)
        case .resuming(let attempt): log.info("Taking up an answer again", [.attempt: .integer(attempt)])
        case .streamOpened: log.debug("Stream opened")
        case .streamLost(let delay): log.info("Stream lost", [.waitMS: .milliseconds(delay)])
        case .streamUnavailable(let status): log.info("No stream", [.status: .integer(status.rawValue)])
        case .messageRefused(let status):
            log.warning("Message refused", status.map { [.status: .integer($0.rawValue)] } ?? [:])
        case .messageDropped: log.warning("Message dropped; there is nobody who could take it")
        case .answerUnreadable: log.warning("Unreadable message from the endpoint")
        case .answerUnexpected: log.warning("Unexpected message from the endpoint")
        case .badLine: log.warning("Unreadable line from the client")
        case .toolsHidden(let count):
            log.warning("Tools left out, for their x-mcp-header cannot be used", [.count: .integer(count)])
        case .clientDone: log.info("Bridge ending")
        case .cutShort(let calls): log.warning("Calls cut short", [.count: .integer(calls)])
        }
    }
}
