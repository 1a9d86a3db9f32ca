"""The clients that are tested, each behind the same few methods.

A peer is one connection of a real client: the official Python SDK ("sdk") or FastMCP ("fastmcp"). What the client is
asked goes to its Ears; what it is told ends up there too. Results come back as they were on the wire.
"""

import contextlib
import json
import tempfile

import anyio
import mcp_types as types
from fastmcp import Client as FastClient
from fastmcp.client.transports import StdioTransport, StreamableHttpTransport
from mcp import MCPError
from mcp.client.client import Client as OfficialClient
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp.client.streamable_http import streamable_http_client
from mcp.client.subscriptions import listen
from mcp.shared._httpx_utils import create_mcp_http_client

STATELESS = "2026-07-28"
HANDSHAKE = "2025-11-25"
# How long anything may take; every wait ends as soon as what it waits for is there.
PATIENCE = 60


def wire(value):
    """A model of the SDK as the JSON that it stands for."""
    return value.model_dump(mode="json", by_alias=True, exclude_none=True)


class Ears:
    """What one connection hears, and what it answers when it is asked.

    A client declares a capability exactly if it has an answer for it.
    """

    def __init__(self, forms=None, sample=None, roots=None, log_level=None):
        self.forms, self.sample, self.roots, self.log_level = forms, sample, roots, log_level
        self.asked, self.heard = [], []
        self._change = anyio.Event()

    def hear(self, what):
        self.heard.append(what)
        self._change.set()
        self._change = anyio.Event()

    async def wait(self, what, count=1):
        """Returns when something was heard so many times."""
        with anyio.fail_after(PATIENCE):
            while sum(heard == what for heard in self.heard) < count:
                await self._change.wait()

    def form(self, message, schema):
        """The next answer of a person."""
        self.asked.append({"message": message, "schema": schema})
        return self.forms[len(self.asked) - 1]


class Traffic:
    """What a client sends and receives, as far as tests look at it."""

    def __init__(self):
        self.sent, self.answers = [], []
        self.has_stream = anyio.Event()
        self._change = anyio.Event()

    def watch(self, http):
        http.event_hooks.setdefault("request", []).append(self._request)
        http.event_hooks.setdefault("response", []).append(self._response)
        return http

    async def _request(self, request):
        body = json.loads(request.content) if request.method == "POST" else {}
        self.sent.append(body.get("method", "response") if body else request.method)

    async def _response(self, response):
        self.answers.append((response.request.method, response.status_code))
        self._change.set()
        self._change = anyio.Event()
        is_stream = response.headers.get("content-type", "").startswith("text/event-stream")
        if response.request.method == "GET" and response.status_code == 200 and is_stream:
            self.has_stream.set()

    async def answered(self, answer, count):
        """Returns when an answer, a verb and a status, was received so many times."""
        with anyio.fail_after(PATIENCE):
            while self.answers.count(answer) < count:
                await self._change.wait()

    async def stream(self):
        """Returns when the session's own stream is open."""
        with anyio.fail_after(PATIENCE):
            await self.has_stream.wait()


class HTTPRoute:
    """A client that speaks HTTP with the server."""

    is_http = True

    def __init__(self, url, token):
        self.url, self.token = url, token
        self.traffic = Traffic()

    def official(self):
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else None
        http = self.traffic.watch(create_mcp_http_client(headers=headers))
        return http, streamable_http_client(self.url, http_client=http)

    def fast(self):
        def factory(headers=None, auth=None, timeout=None, **_):
            return self.traffic.watch(create_mcp_http_client(headers=headers, auth=auth, timeout=timeout))

        return StreamableHttpTransport(self.url, auth=self.token, httpx_client_factory=factory)

    async def stream(self):
        """Returns when the session's own stream is open."""
        await self.traffic.stream()


class BridgeRoute:
    """A client that speaks over lines with the bridge, which speaks HTTP with the server."""

    is_http = False

    def __init__(self, program, url, token):
        self.command = {"command": program, "args": ["stdio", url]}
        self.command["env"] = {"WORKPORT_TOKEN": token or "none", "WORKPORT_LOG_LEVEL": "debug"}
        self.log = tempfile.TemporaryFile("w+")

    def official(self):
        return contextlib.nullcontext(), stdio_client(StdioServerParameters(**self.command), errlog=self.log)

    def fast(self):
        return StdioTransport(**self.command, keep_alive=False, log_file=self.log)

    async def stream(self):
        """Returns when the bridge says that the session's own stream is open."""
        with anyio.fail_after(PATIENCE):
            while True:
                self.log.seek(0)
                if "Stream opened" in self.log.read():
                    return
                await anyio.sleep(0.02)


@contextlib.asynccontextmanager
async def connect(kind, route, mode, ears):
    """Connects a client of a kind ("sdk", "fastmcp") in a mode ("legacy", "auto" or a stateless version)."""
    async with {"sdk": connect_sdk, "fastmcp": connect_fastmcp}[kind](route, mode, ears) as peer:
        yield peer


@contextlib.asynccontextmanager
async def connect_sdk(route, mode, ears):
    http, transport = route.official()

    async def elicit(context, params):
        return types.ElicitResult(**ears.form(params.message, params.requested_schema))

    async def sample(context, params):
        ears.asked.append(wire(params))
        text = types.TextContent(type="text", text=ears.sample)
        return types.CreateMessageResult(role="assistant", content=text, model="test")

    async def roots(context):
        return types.ListRootsResult(roots=[types.Root(uri=uri) for uri in ears.roots])

    async def log(params):
        ears.hear(("log", params.level, params.data))

    async def message(message):
        if not isinstance(message, Exception):
            ears.hear(summary(message))

    async with http, OfficialClient(
        transport,
        mode=mode,
        read_timeout_seconds=PATIENCE,
        elicitation_callback=elicit if ears.forms is not None else None,
        sampling_callback=sample if ears.sample is not None else None,
        list_roots_callback=roots if ears.roots is not None else None,
        logging_callback=log,
        log_level=ears.log_level,
        message_handler=message,
    ) as client:
        yield OfficialPeer(client, client.session, route)


@contextlib.asynccontextmanager
async def connect_fastmcp(route, mode, ears):
    async def elicit(message, response_type, params, context):
        return types.ElicitResult(**ears.form(message, params.requested_schema))

    async def sample(messages, params, context):
        ears.asked.append(wire(params))
        return ears.sample

    async def log(params):
        ears.hear(("log", params.level, params.data))

    async def message(message):
        if not isinstance(message, Exception):
            ears.hear(summary(message))

    client = FastClient(
        route.fast(),
        mode=mode,
        timeout=PATIENCE,
        elicitation_handler=elicit if ears.forms is not None else None,
        sampling_handler=sample if ears.sample is not None else None,
        roots=list(ears.roots) if ears.roots is not None else None,
        log_handler=log,
        message_handler=message,
    )
    async with client:
        yield FastPeer(client, client.session, route)


def summary(notification):
    """A notification as something to compare."""
    match notification:
        case types.ResourceUpdatedNotification():
            return ("updated", str(notification.params.uri))
        case _:
            return (notification.method,)


class Peer:
    """What both clients have in common: FastMCP stands on the SDK's session."""

    def __init__(self, client, session, route):
        self.client, self.session, self.route = client, session, route

    @property
    def traffic(self):
        """What was sent and answered, where HTTP can be watched."""
        return self.route.traffic

    @property
    def is_stateless(self):
        return self.client.protocol_version == STATELESS

    async def pages(self, kind):
        """All entries of a list, and how many pages they came in; `kind` is the result's member."""
        ask = {
            "tools": self.session.list_tools,
            "resources": self.session.list_resources,
            "resourceTemplates": self.session.list_resource_templates,
            "prompts": self.session.list_prompts,
        }[kind]
        entries, count, cursor = [], 0, None
        while True:
            page = wire(await ask(params=types.PaginatedRequestParams(cursor=cursor)))
            entries += page[kind]
            count += 1
            cursor = page.get("nextCursor")
            if cursor is None:
                return entries, count

    async def subscribe(self, uri):
        assert wire(await self.session.subscribe_resource(uri)) == {}

    async def unsubscribe(self, uri):
        assert wire(await self.session.unsubscribe_resource(uri)) == {}

    def listen(self, **wishes):
        return listen(self.session, **wishes)


class OfficialPeer(Peer):
    async def names(self):
        """The names of all tools, as the client's own method lists them."""
        names, cursor = [], None
        while True:
            page = await self.client.list_tools(cursor=cursor)
            names += [tool.name for tool in page.tools]
            cursor = page.next_cursor
            if cursor is None:
                return names

    async def prompt_names(self):
        return [prompt.name for prompt in (await self.client.list_prompts()).prompts]

    async def call(self, tool, arguments=None, progress=None):
        return wire(await self.client.call_tool(tool, arguments, progress_callback=progress))

    async def read(self, uri):
        return wire(await self.client.read_resource(uri))["contents"]

    async def prompt(self, name, arguments=None):
        return wire(await self.client.get_prompt(name, arguments))

    async def complete(self, reference, argument, context=None):
        return wire(await self.client.complete(reference, argument, context))["completion"]

    async def set_level(self, level):
        assert wire(await self.session.set_logging_level(level)) == {}


class FastPeer(Peer):
    async def names(self):
        return [tool.name for tool in await self.client.list_tools()]

    async def prompt_names(self):
        return [prompt.name for prompt in await self.client.list_prompts()]

    async def call(self, tool, arguments=None, progress=None):
        result = await self.client.call_tool(
            tool, arguments, progress_handler=progress, raise_on_error=False
        )
        # What a client with an output schema makes of structured content.
        assert result.is_error or (result.data is None) == (result.structured_content is None), result
        facts = {"content": [wire(block) for block in result.content], "isError": result.is_error}
        if result.structured_content is not None:
            facts["structuredContent"] = result.structured_content
        return facts

    async def read(self, uri):
        return [wire(content) for content in await self.client.read_resource(uri)]

    async def prompt(self, name, arguments=None):
        return wire(await self.client.get_prompt(name, arguments))

    async def complete(self, reference, argument, context=None):
        return wire(await self.client.complete(reference, argument, context))

    async def set_level(self, level):
        await self.client.set_logging_level(level)


async def refusal(request):
    """The error that a request ends with."""
    try:
        answer = await request
    except MCPError as error:
        return error.error
    raise AssertionError(f"not refused: {answer}")
