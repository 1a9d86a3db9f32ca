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
        lifetime = limits.taskLifetime.milliseconds
        pollTime = limits.taskPollTime.milliseconds
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
            JSONMember("u", .integer(updatedAt)), JSONMember("s", .string(status.rawValue)),
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
            let status = root["s"]?.string.flatMap(Status.init)
        else { return nil }
        self.id = id
        self.owner = owner
        createdAt = created
        self.lifetime = lifetime
        pollTime = poll
        updatedAt = updated
        self.status = status
        message = root["m"]?.string
        questions = (root["q"]?.members ?? []).map { JSONMember($0.name, .raw($0.value.raw)) }
        answers = (root["a"]?.members ?? []).map { JSONMember($0.name, .raw($0.value.raw)) }
        result = root["r"]?.raw
        error = root["e"]?.raw
    }
}

/// Where tasks are kept.
struct TaskShelf: Sendable {
    let mailroom: any Mailroom
    let clock: WallClock
    let limits: MCPLimits

    /// Where a task is kept, and where its changes are told.
    static func address(_ id: String) -> Address { Address("task", id) }

    func record(_ id: String, of owner: String) -> TaskRecord? {
        guard let record = TaskRecord(mailroom.note(at: Self.address(id))), record.owner == owner else { return nil }
        return record
    }

    /// Changes a task that has not ended, and tells whoever waits for it.
    ///
    /// - Returns: Whether there is such a task, ended or not.
    @discardableResult
    func amend(_ id: String, of owner: String, _ body: (inout TaskRecord) -> Void) -> Bool {
        let now = clock.now
        let isKnown = mailroom.amend(Self.address(id), for: limits.taskLifetime) { note in
            guard var record = TaskRecord(note), record.owner == owner else { return false }
            guard !record.status.isFinal else { return true }
            body(&record)
            record.updatedAt = now
            note = record.bytes
            return true
        }
        if isKnown { mailroom.post([], to: Self.address(id)) }
        return isKnown
    }
}
