import JSON

/// What `ConformanceServer` has, as scenarios of clients ask for it.
enum FixtureSubject {
    static let all: JSONValue = .object(
        opening.members + reading.members + asking.members + telling.members
    )

    private static let opening: JSONValue = [
        "opening": [
            "name": "conformance-server", "instructions": "Fixtures of the conformance suite.",
            "capabilities": [
                "tools": ["listChanged": true], "resources": ["subscribe": true, "listChanged": true],
                "prompts": ["listChanged": true], "completions": [:], "logging": [:],
            ],
        ]
    ]

    private static let reading: JSONValue = [
        "tools": [
            "pages": 4,
            "calls": [
                [
                    "tool": "test_simple_text",
                    "result": [
                        "content": [["type": "text", "text": "This is a simple text response for testing."]]
                    ],
                ],
                [
                    "tool": "test_multiple_content_types",
                    "result": [
                        "content": [
                            ["type": "text"], ["type": "image", "mimeType": "image/png"],
                            ["type": "resource", "resource": ["uri": "test://mixed-content-resource"]],
                        ]
                    ],
                ],
                ["tool": "test_audio_content", "result": ["content": [["type": "audio", "mimeType": "audio/wav"]]]],
                [
                    "tool": "test_structured_content", "arguments": ["city": "Turin"],
                    "result": ["structuredContent": ["city": "Turin", "degrees": 21.5]],
                ],
                ["tool": "test_structured_content", "arguments": ["city": 7], "result": ["isError": true]],
                ["tool": "test_structured_content", "result": ["isError": true]],
                [
                    "tool": "test_error_handling",
                    "result": [
                        "isError": true, "content": [["text": "This tool intentionally returns an error for testing"]],
                    ],
                ],
            ],
        ],
        "resources": [
            "uris": ["test://static-text", "test://static-binary", "test://watched-resource"],
            "templates": ["test://template/{id}/data"],
            "reads": [
                [
                    "uri": "test://static-text",
                    "contents": [
                        ["mimeType": "text/plain", "text": "This is the content of the static text resource."]
                    ],
                ],
                ["uri": "test://static-binary", "contents": [["mimeType": "image/png"]]],
                [
                    "uri": "test://template/123/data",
                    "contents": [["text": #"{"id":"123","templateTest":true,"data":"Data for ID: 123"}"#]],
                ],
            ],
            "missing": "test://nothing-is-here",
        ],
        "prompts": [
            "names": ["test_simple_prompt", "test_prompt_with_arguments"],
            "gets": [
                [
                    "name": "test_simple_prompt",
                    "messages": [["role": "user", "content": ["text": "This is a simple prompt for testing."]]],
                ],
                [
                    "name": "test_prompt_with_arguments", "arguments": ["arg1": "one", "arg2": "two"],
                    "messages": [["content": ["text": "Prompt with arguments: arg1='one', arg2='two'"]]],
                ],
                [
                    "name": "test_prompt_with_embedded_resource", "arguments": ["resourceUri": "test://any"],
                    "messages": [
                        ["content": ["type": "resource", "resource": ["uri": "test://any"]]], ["role": "user"],
                    ],
                ],
                ["name": "test_prompt_with_image", "messages": [["content": ["type": "image"]], ["role": "user"]]],
            ],
            "refused": [["no_such_prompt", [:]], ["test_prompt_with_arguments", ["arg1": "one"]]],
        ],
        "completion": [
            [
                "prompt": "test_prompt_with_arguments", "argument": "arg1", "value": "test",
                "values": ["testValue1", "testing"],
            ],
            ["prompt": "test_prompt_with_arguments", "argument": "arg1", "value": "nothing", "values": []],
            [
                "template": "test://template/{id}/data", "argument": "id", "value": "12", "context": ["other": "x"],
                "values": ["123", "124"],
            ],
            ["prompt": "no_such_prompt", "argument": "arg1", "value": "", "values": nil],
            ["template": "test://other/{id}", "argument": "id", "value": "", "values": nil],
        ],
    ]

    private static let asking: JSONValue = [
        "elicitation": [
            "forms": [
                [
                    "tool": "test_elicitation", "arguments": ["message": "Who are you?"],
                    "answers": [["action": "accept", "content": ["username": "ana", "email": "ana@example.com"]]],
                    "asked": [
                        [
                            "message": "Who are you?",
                            "schema": [
                                "properties": ["email": ["format": "email"]], "required": ["username", "email"],
                            ],
                        ]
                    ],
                    "result": [
                        "content": [
                            [
                                "text":
                                    #"User response: {"action":"accept","content":{"username":"ana","email":"ana@example.com"}}"#
                            ]
                        ]
                    ],
                ],
                form(answer: ["action": "decline"], "Elicitation completed: action=decline, content={}"),
                form(answer: ["action": "cancel"], "Elicitation completed: action=cancel, content={}"),
                form(
                    answer: ["action": "accept", "content": ["ok": true]],
                    #"Elicitation completed: action=accept, content={"ok":true}"#
                ),
                [
                    "tool": "test_input_required_result_multi_round",
                    "answers": [
                        ["action": "accept", "content": ["name": "Ana"]],
                        ["action": "accept", "content": ["color": "blue"]],
                    ],
                    "asked": [["message": "Step 1: your name?"], ["message": "Step 2: your colour?"]],
                    "result": ["content": [["text": "Ana likes blue"]]],
                ],
            ],
            "prompts": [
                [
                    "name": "test_input_required_result_prompt",
                    "answers": [["action": "accept", "content": ["context": "spring"]]],
                    "asked": [["message": "What context should the prompt use?"]],
                    "messages": [["content": ["text": "Use this context: spring"]]],
                ]
            ],
            "undeclared": [["tool": "test_streaming_elicitation"]],
        ],
        "sampling": [
            "tool": "test_sampling", "arguments": ["prompt": "Say hello"], "reply": "Hello",
            "asked": ["maxTokens": 100, "messages": [["role": "user"]]],
            "result": ["content": [["text": "LLM response: Hello"]]],
        ],
        "roots": [
            "tool": "test_input_required_result_list_roots", "roots": ["file:///srv/one", "file:///srv/two"],
            "result": ["content": [["text": "Roots: file:///srv/one file:///srv/two"]]],
        ],
        "everything_at_once": [
            "tool": "test_input_required_result_multiple_inputs",
            "forms": [["action": "accept", "content": ["name": "Ana"]]], "reply": "Good day",
            "roots": ["file:///srv"], "result": ["content": [["text": "Good day, Ana, file:///srv"]]],
        ],
    ]

    private static let telling: JSONValue = [
        "progress": ["tool": "test_tool_with_progress", "values": [[0, 100], [50, 100], [100, 100]]],
        "cancellation": [
            "tool": "test_cancellable", "witness": "test_await_cancellation",
            "result": ["content": [["text": "The call was cancelled."]]],
        ],
        "log": [
            "tool": "test_tool_with_logging",
            "told": [
                ["info", "Tool execution started"], ["info", "Tool processing data"],
                ["info", "Tool execution completed"],
            ],
        ],
        "changes": [
            "lists": ["tools": "test_trigger_tool_change", "prompts": "test_trigger_prompt_change"],
            "resource": ["uri": "test://watched-resource", "trigger": "test_trigger_resource_change"],
        ],
    ]

    private static func form(answer: JSONValue, _ text: String) -> JSONValue {
        [
            "tool": "test_streaming_elicitation", "answers": [answer], "asked": [["message": "Please confirm"]],
            "result": ["content": [["text": .string(text)]]],
        ]
    }
}
