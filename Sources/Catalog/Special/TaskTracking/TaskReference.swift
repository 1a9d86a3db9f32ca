import Identity
import Postgres
import Tools

/// Which task a call is about: by identifier or by number, exactly one of them.
enum TaskReference {
    case id(RowID)
    case number(Int64)

    /// The two arguments of which a call gives one.
    static let parameters = [
        Parameter("taskId", .identifier(prefix: "tsk"), "Give this or taskNumber."),
        Parameter("taskNumber", .taskNumber, "").terse,
    ]

    init(_ arguments: Arguments) throws(ToolError) {
        switch (arguments.row("taskId"), arguments.integer("taskNumber")) {
        case (let id?, nil): self = .id(id)
        case (nil, let number?): self = .number(number)
        case (nil, nil):
            throw ToolError(problems: [.init("taskNumber", "Give `taskId` or `taskNumber`: one of them is needed.")])
        case (_?, _?):
            throw ToolError(problems: [.init("taskNumber", "Give `taskId` or `taskNumber`, not both.")])
        }
    }

    /// The condition on `tasks AS t`; the workspace's own condition stands beside it.
    var condition: SQL {
        switch self {
        case .id(let row): "t.id = \(row)::uuid"
        case .number(let number): "t.number = \(number)::bigint"
        }
    }

    /// The task as people are told of it, in the words of the call.
    var wording: String {
        switch self {
        case .id(let row): "the task \(row.text(prefix: "tsk"))"
        case .number(let number): "task \(number)"
        }
    }

    /// What the error says when there is no such task here, which is also said of a task of another workspace.
    var notFound: ToolError {
        let what =
            switch self {
            case .id(let row): row.text(prefix: "tsk")
            case .number(let number): "number \(number)"
            }
        return ToolError(
            .notFound, "There is no task \(what) in this workspace.",
            hint: "Find it with searchWorkspaceTasks or listWorkspaceTasks."
        )
    }
}
