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

    /// All scenarios.
    ///
    /// - Parameter switching: What an operator runs to turn comments of customers off and on again, in turn.
    static func all(switching: JSONValue) -> JSONValue {
        .object(asked.members + fetched.members + changing(switching).members)
    }

    /// What a token of the standard profile lists.
    static let tools = Catalog.registry.tools.filter { $0.toolset == "core" }.map(\.name)

    private static let asked: JSONValue = [
        "opening": [
            "name": "workport", "instructions": "Start with workspaceSummary",
            "capabilities": [
                "tools": ["listChanged": true], "resources": ["subscribe": true, "listChanged": true],
                "prompts": ["listChanged": true], "completions": [:],
            ],
        ],
        "refused": ["token": "mcp_live_not-a-token"],
        "tools": [
            "pages": 1, "names": .array(tools.map { .string($0) }),
            "calls": .array(calls.map { ["tool": .string($0), "arguments": $1, "result": $2] }),
        ],
        "elicitation": [
            "forms": [
                form(
                    [["action": "accept", "content": ["customerName": "elizabeth", "phone": "597-4534"]]],
                    ["saved": true, "item": ["author_kind": "customer"]]
                ),
                form(
                    [
                        ["action": "accept", "content": ["customerName": "elizabeth"]],
                        ["action": "accept", "content": ["taskNumber": 1042]],
                    ],
                    ["saved": true]
                ),
                form([["action": "decline"]], ["saved": false, "reason": "declined"]),
                form([["action": "cancel"]], ["saved": false, "reason": "closed"]),
            ],
            "undeclared": [
                [
                    "tool": "addCustomerComment", "arguments": unverified,
                    "result": ["isError": true, "structuredContent": ["error": ["code": "validation_failed"]]],
                ]
            ],
        ],
    ]

    // Each client in each mode says the same with one token.
    private static let unverified: JSONValue = [
        "taskNumber": 1042, "comment": "I am on my way.", "allow_duplicate": true,
    ]

    /// A comment without facts, what the person answers, and what comes of it.
    private static func form(_ answers: [JSONValue], _ content: JSONValue) -> JSONValue {
        [
            "tool": "addCustomerComment", "arguments": unverified, "answers": .array(answers),
            "asked": [
                ["schema": ["type": "object", "properties": ["phone": ["type": "string", "title": "Phone number"]]]]
            ],
            "result": ["structuredContent": content],
        ]
    }

    private static let fetched: JSONValue = [
        "resources": [
            "uris": ["workspace://summary"],
            "templates": ["task://{number}", "customer://{id}", "workspace://schema/{entity}"],
            "reads": [
                [
                    "uri": "workspace://summary", "contents": [["mimeType": "application/json"]],
                    "json": ["open": ["total": 2]],
                ],
                [
                    "uri": "task://1042", "contents": [["uri": "task://1042", "mimeType": "application/json"]],
                    "json": ["item": ["title": "Furnace repair"]],
                ],
                ["uri": "workspace://schema/task", "contents": [["mimeType": "application/json"]]],
            ],
            "missing": "task://1",
        ],
        "prompts": [
            "names": .array(Catalog.registry.prompts.map { .string($0.name) }),
            "gets": [
                [
                    "name": "daily_brief", "messages": [["role": "user", "content": ["type": "text"]]],
                    "says": "workspaceSummary",
                ],
                [
                    "name": "customer_brief", "arguments": ["customer": "Elizabeth"], "messages": [["role": "user"]],
                    "says": "Elizabeth",
                ],
                ["name": "close_stale_tasks", "arguments": ["days": "60"], "messages": [["role": "user"]]],
            ],
            "refused": [
                ["no_such_prompt", [:]], ["customer_brief", [:]], ["close_stale_tasks", ["days": "soon"]],
            ],
        ],
        "completion": [
            [
                "prompt": "customer_brief", "argument": "customer", "value": "REMI",
                "values": ["Rémi Lefèvre"],
            ],
            [
                "prompt": "customer_brief", "argument": "customer", "value": "stephenson, e",
                "values": ["Elizabeth Stephenson"],
            ],
            ["template": "task://{number}", "argument": "number", "value": "10", "values": ["1044", "1043", "1042"]],
            [
                "template": "workspace://schema/{entity}", "argument": "entity", "value": "c",
                "values": ["customer", "comment"],
            ],
            ["prompt": "no_such_prompt", "argument": "customer", "value": "", "values": nil],
            ["template": "task://{number}", "argument": "id", "value": "", "values": nil],
        ],
    ]

    private static func changing(_ switching: JSONValue) -> JSONValue {
        [
            "changes": [
                "lists": ["tools": switching],
                "resource": [
                    "uri": "task://1042",
                    "trigger": [
                        "tool": "addCustomerComment",
                        "arguments": [
                            "taskNumber": 1042, "comment": "Something else.", "allow_duplicate": true,
                            "verification": ["phone": "7035974534", "customerName": "Elizabeth"],
                        ],
                    ],
                ],
            ]
        ]
    }

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
                "taskNumber": 1042, "comment": .string(comment), "allow_duplicate": true,
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
