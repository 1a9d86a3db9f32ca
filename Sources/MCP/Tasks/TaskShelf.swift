import Dispatch
import Telemetry

/// Where tasks are kept.
struct TaskShelf: Sendable {
    let mailroom: any Mailroom
    /// Among whose rows.
    let tenant: String
    /// The digest of the workspace and credential whose tasks are found.
    let owner: String
    let clock: WallClock
    let limits: MCPLimits
    /// Where a letter's matter is looked up.
    let errands: DispatchQueue

    /// Where a task is kept, and where its changes are told.
    func address(_ id: String) -> Address { Address(of: tenant, "task", id) }

    /// A task of the owner as it stands now.
    func record(_ id: String) throws(MailroomError) -> TaskRecord? {
        guard let record = TaskRecord(try mailroom.note(at: address(id))), record.owner == owner else { return nil }
        return record.seen(at: clock.now)
    }

    /// Keeps a new task.
    func put(_ record: TaskRecord) throws(MailroomError) {
        try mailroom.amend(address(record.id), for: limits.taskLifetime) { $0 = record.bytes }
    }

    /// Changes a task that has not ended, and tells whoever waits for it.
    ///
    /// - Returns: Whether there is such a task, ended or not.
    @discardableResult
    func amend(_ id: String, isQuiet: Bool = false, _ body: (inout TaskRecord) -> Void) throws(MailroomError) -> Bool {
        let now = clock.now
        let status = try mailroom.amend(address(id), for: limits.taskLifetime) { note -> TaskRecord.Status? in
            guard var record = TaskRecord(note)?.seen(at: now), record.owner == owner else { return nil }
            guard !record.status.isFinal else { return record.status }
            body(&record)
            if !isQuiet { record.updatedAt = now }
            note = record.bytes
            return record.status
        }
        if let status, !isQuiet { mailroom.post(status.rawValue, to: address(id)) }
        return status != nil
    }
}
