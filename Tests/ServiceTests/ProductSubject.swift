import Catalog
import JSON
import Tools

/// What the product has, as scenarios of clients ask for it, on the data of ``file``.
enum ProductSubject {
    /// What is imported.
    static let file = #"""
        kind,external_id,number,title,state,priority,customer_external_id,customer_name,customer_phone,task_external_id,body,author
        task,t-1,1042,Furnace repair,open,high,c-1,Elizabeth Stephenson,+1 (703) 597-4534,,,
        task,t-2,1043,Gutter cleaning,done,low,c-2,Rémi Lefèvre,(202) 555-0143,,,
        task,t-3,1044,Boiler check,in_progress,urgent,c-1,,,,,
        comment,m-1,,,,,,,,t-1,"It makes a ""noise"" at night.",customer
        """#

    /// The comment that each run leaves.
    static let comment = "It still makes a noise."

    static let all: JSONValue = [
        "opening": [
            "name": "workport", "instructions": "Start with workspaceSummary", "capabilities": ["tools": [:]],
        ],
        "refused": ["token": "mcp_live_not-a-token"],
        "tools": [
            "pages": 1, "names": .array(Catalog.registry.names.map { .string($0) }),
            "calls": .array(calls.map { ["tool": .string($0), "arguments": $1, "result": $2] }),
        ],
    ]

    /// What is called, and what must be in the result.
    static let calls: [(tool: String, arguments: JSONValue, result: JSONValue)] = [
        ("workspaceSummary", ["since": "2026-01-01"], ["structuredContent": ["open": ["total": 2]]]),
        ("listWorkspaceTasks", ["status": "done"], items(["title": "Gutter cleaning"])),
        ("searchWorkspaceTasks", ["phone": "703-597-4534", "status": "open"], items(["number": 1042])),
        ("searchWorkspaceTasks", ["query": "remi lefevre"], items(["customer": ["name": "Rémi Lefèvre"]])),
        (
            "getTaskDetails", ["taskNumber": 1042, "include": ["comments"]],
            ["structuredContent": ["item": ["customer": ["phone": "+1 (703) 597-4534"]]]]
        ),
        (
            "listTaskComments", ["taskNumber": 1042, "order": "asc"], items(["body": #"It makes a "noise" at night."#])
        ),
        (
            "addCustomerComment",
            [
                "taskNumber": 1042, "comment": .string(comment),
                "verification": ["phone": "7035974534", "customerName": "Elizabeth"],
            ],
            ["structuredContent": ["item": ["author_kind": "customer"]]]
        ),
        (
            "getTaskDetails", ["taskNumber": 1],
            ["isError": true, "structuredContent": ["error": ["code": "not_found"]]]
        ),
        (
            "getTaskDetails", ["taskNumber": "many"],
            ["isError": true, "structuredContent": ["error": ["code": "validation_failed"]]]
        ),
    ]

    private static func items(_ first: JSONValue) -> JSONValue { ["structuredContent": ["items": [first]]] }
}
