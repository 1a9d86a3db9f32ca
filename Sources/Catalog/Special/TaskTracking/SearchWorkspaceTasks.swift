import Identity
import JSON
import Tools

extension Tool {
    /// The tool for whoever asks what it is called or takes; a service's own has dictionaries of its own.
    static let searchWorkspaceTasks = searchWorkspaceTasks(with: Dictionaries())

    /// Tasks by whatever somebody remembers of them.
    static func searchWorkspaceTasks(with dictionaries: Dictionaries) -> Tool {
        Tool(
            name: "searchWorkspaceTasks",
            title: "Search tasks",
            description: """
                Finds tasks by whatever is known: put a customer's name, phone digits in any punctuation, an e-mail \
                address, a task number or words of the task into query, or use the named arguments, which must all \
                match. Spelling, word order and country codes do not matter. Every hit says in matched_on what it \
                matched and in match whether that is exact or only similar; matched_value is what is stored then. An \
                empty result means that there is nothing.
                """,
            effects: .reading,
            permission: .read("tasks"),
            parameters: [
                Parameter(
                    "query", .text(maximum: 1_000), "A name, phone digits, e-mail address, task number or words."),
                Parameter("customerName", .text(maximum: 200), "Words of the customer's or company's name."),
                Parameter("phone", .text(maximum: 60), "Digits of a phone number, at least 4, in any punctuation."),
                Parameter("email", .text(maximum: 320), "An e-mail address, its part before the @, or @domain."),
                Parameter("taskNumber", .taskNumber, "The task's number."),
                Parameter("status", .choice(TaskWords.statuses), "Only tasks with this status."),
                .limit(standard: 10), .cursor,
                Parameter("fields", .choices(TaskItem.fields), "Only these fields of each task."),
            ],
            output: ListSchema.of(
                TaskItem.schema,
                extra: [
                    JSONMember("relaxed", ["type": "boolean"]),
                    JSONMember("bounded", ["type": "boolean"]),
                    JSONMember("tried", ["type": "array", "items": ["type": "string"]]),
                    JSONMember("hint", ["type": "string"]),
                ]
            ),
            body: .read { (call) throws(ToolError) in try SearchFlow(call, dictionaries).read }
        )
    }
}
