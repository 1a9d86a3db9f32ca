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
                match. Spelling, word order and country codes do not matter. matched_on says what a hit matched, match \
                whether exactly. An empty result means that there is nothing.
                """,
            effects: .reading,
            permission: .read("tasks"),
            parameters: [
                Parameter("query", .text(maximum: 1_000), "").terse,
                Parameter("customerName", .text(maximum: 200), "Or the company's.").terse,
                Parameter("phone", .text(maximum: 60), "At least 4 digits.").terse,
                Parameter("email", .text(maximum: 320), "Or the part before the @, or @domain.").terse,
                Parameter("taskNumber", .taskNumber, "").terse,
                Parameter("status", .choice(TaskWords.statuses), ""),
                .limit(standard: 10), .cursor, TaskItem.fieldsParameter,
            ],
            output: ListSchema.schema,
            body: .read { (call) throws(ToolError) in try SearchFlow(call, dictionaries).read }
        )
    }
}
