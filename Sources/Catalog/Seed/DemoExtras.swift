import Identity
import JSON
import Postgres

/// What hangs on the tasks of the demo workspace: files, checklists, logged time and history.
struct DemoExtras {
    private let frame: SeedRows.Frame
    private let now: Int64
    private var files = CopyText()
    private var checklists = CopyText()
    private var times = CopyText()
    private var events = CopyText()

    private static let steps = [
        "Shut off the water", "Take photos", "Replace the part", "Test for ten minutes", "Clean up",
        "Customer signs off",
    ]

    init(_ frame: SeedRows.Frame, now: Int64) {
        self.frame = frame
        self.now = now
    }

    mutating func append(_ task: SeedTask) {
        var random = SeedRandom(1042, 11, UInt64(task.number))
        let isStory = task.number == DemoStory.number
        if isStory || random.chance(25) { appendFiles(task, &random) }
        if isStory || random.chance(35) { appendChecklist(task, &random) }
        if isStory || task.status != .open && random.chance(50) { appendTimes(task, &random) }
        appendHistory(task, &random)
    }

    private mutating func appendFiles(_ task: SeedTask, _ random: inout SeedRandom) {
        var names = [("photo-1.jpg", "image/jpeg"), ("photo-2.jpg", "image/jpeg")]
        if random.chance(40) { names.append(("quote-\(task.number).pdf", "application/pdf")) }
        for (name, mime) in names {
            files.text(frame.workspace.uuid)
            files.text(random.key(at: task.createdAt))
            files.text(task.id)
            files.text(name)
            files.text(mime)
            files.integer(random.number(80_000...4_000_000))
            files.text(mime == "image/jpeg" ? "public" : "private")
            files.moment(task.createdAt)
            files.endRow()
        }
    }

    private mutating func appendChecklist(_ task: SeedTask, _ random: inout SeedRandom) {
        let done = task.status == .done ? Self.steps.count : task.status == .open ? 0 : random.below(Self.steps.count)
        for (position, step) in Self.steps.enumerated() {
            checklists.text(frame.workspace.uuid)
            checklists.text(random.key(at: task.createdAt))
            checklists.text(task.id)
            checklists.text(step)
            checklists.bool(position < done)
            checklists.integer(position)
            checklists.endRow()
        }
    }

    private mutating func appendTimes(_ task: SeedTask, _ random: inout SeedRandom) {
        for _ in 0..<random.number(1...3) {
            times.text(frame.workspace.uuid)
            times.text(random.key(at: task.updatedAt))
            times.text(task.id)
            times.text(frame.members[task.assignees.first ?? random.below(frame.members.count)])
            times.day(task.updatedAt)
            times.integer(900 * random.number(1...14))
            times.text(random.pick(["On site", "Parts pick-up", "Travel", "Follow-up call"]))
            times.bool(random.chance(75))
            times.endRow()
        }
    }

    private mutating func appendHistory(_ task: SeedTask, _ random: inout SeedRandom) {
        let member = random.below(frame.members.count)
        append("task.created", task, by: member, at: task.createdAt, changes: nil, &random)
        guard task.status != .open else { return }
        append(
            "task.updated", task, by: member, at: task.updatedAt,
            changes: ["status": ["from": "open", "to": .string(task.status.rawValue)]], &random
        )
    }

    private mutating func append(
        _ action: String,
        _ task: SeedTask,
        by member: Int,
        at moment: Int64,
        changes: JSONValue?,
        _ random: inout SeedRandom
    ) {
        events.text(frame.workspace.uuid)
        events.text(random.key(at: moment))
        events.moment(moment)
        events.text("member")
        events.text(frame.members[member])
        events.text(action)
        events.text("task")
        events.text(task.id)
        events.text("ok")
        events.text(changes.map { RawJSON($0).text })
        events.endRow()
    }

    /// Stores what was appended, in the transaction that stored the tasks.
    mutating func store(on connection: Connection) throws {
        try StagedTable("files", "workspace_id id task_id name mime size visibility created_at")
            .load(files.take(), on: connection)
        try StagedTable("checklist_items", "workspace_id id task_id title done position")
            .load(checklists.take(), on: connection)
        try StagedTable("time_entries", "workspace_id id task_id member_id date seconds notes billable")
            .load(times.take(), on: connection)
        try StagedTable(
            "audit_events", "workspace_id id at actor_kind actor_id action entity entity_id outcome changes"
        ).load(events.take(), on: connection)
    }
}
