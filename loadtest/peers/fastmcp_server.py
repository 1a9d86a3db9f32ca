"""A FastMCP server with two of the tools, on its best settings: stateless, answers in JSON, no second validation."""

import json
from typing import Annotated, Literal

import work
from fastmcp import FastMCP
from fastmcp.exceptions import ToolError
from fastmcp.server.dependencies import get_http_request
from fastmcp.tools import ToolResult
from mcp_types import TextContent
from pydantic import Field

server = FastMCP("Peer")
Status = Literal["open", "in_progress", "waiting", "done", "cancelled"]


async def result(call, argument):
    try:
        text = await call(argument, get_http_request().headers.get("authorization"))
    except work.Refused as refused:
        raise ToolError(str(refused)) from refused
    return ToolResult(content=[TextContent(type="text", text=text)], structured_content=json.loads(text))


@server.tool(output_schema=None)
async def getTaskDetails(taskNumber: Annotated[int, Field(ge=1)]) -> ToolResult:
    """Returns one task in full."""
    return await result(work.get_task_details, taskNumber)


@server.tool(output_schema=None)
async def listWorkspaceTasks(status: Status | None = None) -> ToolResult:
    """Lists the most recently touched tasks of the workspace, newest first."""
    return await result(work.list_workspace_tasks, status)


app = server.http_app(path=work.PATH, json_response=True, stateless_http=True)
