import JSON
import Telemetry

/// A task as it is kept: everything that a client may ask about it, from any process.
struct TaskRecord: Sendable {
    enum Status: String, Sendable {
        case working
        case inputRequired = "input_required"
        case completed
        case failed
        case cancelled

        var isFinal: Bool { self == .completed || self == .failed || self == .cancelled }
    }

    let id: String
    /// The digest of the workspace and credential that the task belongs to.
    let owner: String
    let createdAt: Int64
    let lifetime: Int64
    let pollTime: Int64
    /// Until when the process that works for the task has said that it lives.
    var leaseEnd: Int64
    var updatedAt: Int64
    var status = Status.working
    var message: String?
    /// What was asked and not yet answered, by key.
    var questions: [JSONMember] = []
    /// What was answered and not yet taken by the handler.
    var answers: [JSONMember] = []
    var result: RawJSON?
    var error: RawJSON?

    init(id: String, owner: String, at now: Int64, limits: MCPLimits) {
        self.id = id
        self.owner = owner
        createdAt = now
        updatedAt = now
        leaseEnd = now + limits.taskLease.microseconds
        lifetime = limits.taskLifetime.milliseconds
        pollTime = limits.taskPollTime.milliseconds
    }

    /// The task as it stands at a time: one whose process has fallen silent has failed.
    func seen(at now: Int64) -> TaskRecord {
        guard !status.isFinal, now > leaseEnd else { return self }
        var record = self
        record.status = .failed
        record.questions = []
        record.error = RawJSON([
            "code": -32603, "message": "The process that worked on this task has ended; call the tool again",
        ])
        return record
    }

    // MARK: What clients see

    /// The members of a task without what depends on its state.
    var summary: [JSONMember] {
        var members = [JSONMember("taskId", .string(id)), JSONMember("status", .string(status.rawValue))]
        if let message { members.append(JSONMember("statusMessage", .string(message))) }
        return members + [
            JSONMember("createdAt", .string(Timestamp.text(createdAt))),
            JSONMember("lastUpdatedAt", .string(Timestamp.text(updatedAt))),
            JSONMember("ttlMs", .integer(lifetime)), JSONMember("pollIntervalMs", .integer(pollTime)),
        ]
    }

    /// All members of a task.
    var details: [JSONMember] {
        var members = summary
        if status == .inputRequired { members.append(JSONMember("inputRequests", .object(questions))) }
        if status == .completed, let result { members.append(JSONMember("result", .raw(result))) }
        if status == .failed, let error { members.append(JSONMember("error", .raw(error))) }
        return members
    }

    // MARK: What is kept

    var bytes: [UInt8] {
        var members: [JSONMember] = [
            JSONMember("id", .string(id)), JSONMember("o", .string(owner)), JSONMember("c", .integer(createdAt)),
            JSONMember("l", .integer(lifetime)), JSONMember("p", .integer(pollTime)),
            JSONMember("u", .integer(updatedAt)), JSONMember("w", .integer(leaseEnd)),
            JSONMember("s", .string(status.rawValue)),
            JSONMember("q", .object(questions)), JSONMember("a", .object(answers)),
        ]
        if let message { members.append(JSONMember("m", .string(message))) }
        if let result { members.append(JSONMember("r", .raw(result))) }
        if let error { members.append(JSONMember("e", .raw(error))) }
        return RawJSON(.object(members)).bytes
    }

    init?(_ bytes: [UInt8]?) {
        guard let bytes, let root = (try? JSONDocument(bytes))?.root, let id = root["id"]?.string,
            let owner = root["o"]?.string, let created = root["c"]?.integer, let lifetime = root["l"]?.integer,
            let poll = root["p"]?.integer, let updated = root["u"]?.integer,
            let leaseEnd = root["w"]?.integer,
            let status = root["s"]?.string.flatMap(Status.init)
        else { return nil }
        self.id = id
        self.owner = owner
        createdAt = created
        self.lifetime = lifetime
        pollTime = poll
        updatedAt = updated
        self.leaseEnd = leaseEnd
        self.status = status
        message = root["m"]?.string
        questions = (root["q"]?.members ?? []).map { JSONMember($0.name, .raw($0.value.raw)) }
        answers = (root["a"]?.members ?? []).map { JSONMember($0.name, .raw($0.value.raw)) }
        result = root["r"]?.raw
        error = root["e"]?.raw
    }
}
