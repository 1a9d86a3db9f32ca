"""Lists and calls every tool through the official Python SDK, as one kind of client after the other.

Usage: official_client.py URL TOKEN < calls.json > answers.json

calls.json is a list of {"tool", "arguments"}. The answer is an object by mode: "legacy" forces the handshake,
"2026-07-28" sends every request by itself, "auto" probes first. The SDK checks structured results against the tools'
output schemas by itself; here the schemas are checked too, and the arguments against the input schemas.
"""

import asyncio
import json
import sys

import jsonschema
from mcp.client.client import Client
from mcp.client.streamable_http import streamable_http_client
from mcp.shared._httpx_utils import create_mcp_http_client


async def run(url, token, mode, calls):
    http = create_mcp_http_client(headers={"Authorization": f"Bearer {token}"})
    async with http, Client(streamable_http_client(url, http_client=http), mode=mode) as client:
        tools = (await client.list_tools()).tools
        for tool in tools:
            jsonschema.Draft202012Validator.check_schema(tool.input_schema)
            jsonschema.Draft202012Validator.check_schema(tool.output_schema)
        inputs = {tool.name: tool.input_schema for tool in tools}
        outputs = {tool.name: tool.output_schema for tool in tools}
        answers = []
        for call in calls:
            jsonschema.validate(call["arguments"], inputs[call["tool"]])
            result = await client.call_tool(call["tool"], call["arguments"])
            if not result.is_error:
                jsonschema.validate(result.structured_content, outputs[call["tool"]])
                assert json.loads(result.content[0].text) == result.structured_content
            answers.append({"isError": bool(result.is_error), "structured": result.structured_content})
        return {
            "version": client.protocol_version,
            "server": client.server_info.name if client.server_info else None,
            "instructions": client.instructions,
            "tools": [tool.name for tool in tools],
            "answers": answers,
        }


async def main():
    url, token = sys.argv[1:]
    calls = json.load(sys.stdin)
    modes = ["legacy", "2026-07-28", "auto"]
    print(json.dumps({mode: await run(url, token, mode, calls) for mode in modes}))


asyncio.run(main())
