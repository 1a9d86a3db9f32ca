"""A server on the official Python SDK with two of the tools: its low-level interface, stateless, answers in JSON."""

import json

import mcp_types as types
import work
from mcp.server.lowlevel import Server

TOOLS = [
    types.Tool(
        name="getTaskDetails", description="Returns one task in full.",
        input_schema={
            "type": "object", "properties": {"taskNumber": {"type": "integer", "minimum": 1}},
            "required": ["taskNumber"], "additionalProperties": False,
        },
    ),
    types.Tool(
        name="listWorkspaceTasks", description="Lists the most recently touched tasks of the workspace, newest first.",
        input_schema={
            "type": "object",
            "properties": {
                "status": {"type": "string", "enum": ["open", "in_progress", "waiting", "done", "cancelled"]}
            },
            "additionalProperties": False,
        },
    ),
]
CALLS = {
    "getTaskDetails": (work.get_task_details, "taskNumber"),
    "listWorkspaceTasks": (work.list_workspace_tasks, "status"),
}


async def list_tools(context, params):
    return types.ListToolsResult(tools=TOOLS)


async def call_tool(context, params):
    call, argument = CALLS.get(params.name, (None, None))
    try:
        if call is None:
            raise work.Refused(f"There is no tool {params.name}.")
        value = (params.arguments or {}).get(argument)
        text = await call(value, context.request.headers.get("authorization"))
    except work.Refused as refused:
        return types.CallToolResult(content=[types.TextContent(type="text", text=str(refused))], is_error=True)
    return types.CallToolResult(
        content=[types.TextContent(type="text", text=text)], structured_content=json.loads(text)
    )


server = Server("Peer", on_list_tools=list_tools, on_call_tool=call_tool)
app = server.streamable_http_app(streamable_http_path=work.PATH, json_response=True, stateless_http=True)
