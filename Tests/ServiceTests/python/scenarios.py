"""What real clients do with a server, and what they must find.

Usage: scenarios.py < job.json > report.json

A job names a client ("sdk" or "fastmcp"), the modes in which it connects, the endpoint, a token if it needs one, the
bridge's program if the client is to speak over lines with it, and a subject: what the server has, by scenario. Each
scenario that the subject knows runs in each mode, on a connection of its own. The report is a list of {"mode",
"scenario", "problem"}; no problem means that all was as it should be.
"""

import asyncio
import base64
import json
import os
import signal
import sys
import traceback

import anyio
import jsonschema
import mcp_types as types
from mcp.client.subscriptions import (
    ListenNotSupportedError,
    PromptsListChanged,
    ResourceUpdated,
    ToolsListChanged,
)
from peers import HANDSHAKE, PATIENCE, STATELESS, BridgeRoute, Ears, HTTPRoute, connect, refusal
from workestra import use_everything

SCENARIOS = {}


def scenario(function):
    SCENARIOS[function.__name__] = function
    return function


def same(found, expected, what=""):
    assert found == expected, f"{what}: {found!r} instead of {expected!r}"


def contains(found, expected, what=""):
    """Whether all that is expected is there; objects and lists may hold more."""
    if isinstance(expected, dict):
        assert isinstance(found, dict), f"{what} is no object: {found!r}"
        for name, value in expected.items():
            assert name in found, f"{what} has no {name}: {found!r}"
            contains(found[name], value, f"{what}.{name}")
    elif isinstance(expected, list):
        assert isinstance(found, list) and len(found) >= len(expected), f"{what} is {found!r}"
        for index, value in enumerate(expected):
            contains(found[index], value, f"{what}[{index}]")
    else:
        same(found, expected, what)


class Visit:
    """One scenario in one mode."""

    def __init__(self, job, mode):
        self.job, self.mode = job, mode

    def connect(self, ears=None, token=None):
        job, token = self.job, token or self.job.get("token")
        bridge = job.get("bridge")
        route = BridgeRoute(bridge, job["url"], token) if bridge else HTTPRoute(job["url"], token)
        return connect(job["client"], route, self.mode, ears or Ears())


@scenario
async def opening(visit, facts):
    """The client gets the version of its mode, and knows what the server is and has."""
    async with visit.connect() as peer:
        client = peer.client
        same(client.protocol_version, HANDSHAKE if visit.mode == "legacy" else STATELESS, "version")
        if visit.mode != STATELESS:
            # A client that is told the version does not ask what the server is.
            same(client.server_info.name, facts["name"], "name")
            capabilities = client.server_capabilities.model_dump(by_alias=True, exclude_none=True)
            contains(capabilities, facts["capabilities"], "capabilities")
            assert facts["instructions"] in client.instructions, client.instructions
        await peer.names()
        if peer.route.is_http:
            expected = {"legacy": "initialize", "auto": "server/discover", STATELESS: "tools/list"}[visit.mode]
            same(peer.traffic.sent[0], expected, "first request")
    if peer.route.is_http:
        ends = [status for method, status in peer.traffic.answers if method == "DELETE"]
        same(ends, [204] if visit.mode == "legacy" else [], "ends of sessions")


@scenario
async def refused(visit, facts):
    """A client whose token is not accepted is told so, and cannot call."""
    async def enter():
        async with visit.connect(token=facts["token"]) as peer:
            await peer.names()
    try:
        await enter()
    except Exception as error:
        assert not isinstance(error, TimeoutError), error
        return
    raise AssertionError("the client was let in")


@scenario
async def tools(visit, facts):
    """Lists come in pages; calls give content, structured content that keeps its schema, and errors."""
    async with visit.connect() as peer:
        listed, pages = await peer.pages("tools")
        same([tool["name"] for tool in listed], await peer.names(), "names")
        if "names" in facts:
            same([tool["name"] for tool in listed], facts["names"], "names")
        same(len({tool["name"] for tool in listed}), len(listed), "names that differ")
        assert pages >= facts["pages"], f"{pages} pages"
        for tool in listed:
            jsonschema.Draft202012Validator.check_schema(tool["inputSchema"])
            jsonschema.Draft202012Validator.check_schema(tool.get("outputSchema", {}))
            same(len(tool["annotations"].keys() - {"title"}), 4, "hints")
        known = {tool["name"]: tool for tool in listed}
        for call in facts["calls"]:
            tool = known[call["tool"]]
            result = await peer.call(call["tool"], call.get("arguments"))
            contains(result, call["result"], call["tool"])
            if result.get("isError"):
                continue
            jsonschema.validate(call.get("arguments", {}), tool["inputSchema"])
            if "outputSchema" in tool:
                jsonschema.validate(result["structuredContent"], tool["outputSchema"])
                same(json.loads(result["content"][0]["text"]), result["structuredContent"], "text")
        error = await refusal(peer.call("no_such_tool"))
        same(error.code, -32602, "unknown tool")
        error = await refusal(peer.session.list_tools(params=types.PaginatedRequestParams(cursor="forged")))
        same(error.code, -32602, "forged cursor")


@scenario
async def workestra(visit, facts):
    """A credential with the profile of that name has these tools and no other, and uses each of them."""
    async with visit.connect() as peer:
        listed, _ = await peer.pages("tools")
        same(sorted(tool["name"] for tool in listed), facts["names"], "names")
        # The client itself compares results with schemas once it has listed the tools by its own method.
        same(await peer.names(), [tool["name"] for tool in listed], "names")
        called = await use_everything(peer, listed)
        same(sorted(set(called)), facts["names"], "tools that were called")


@scenario
async def resources(visit, facts):
    """Resources and templates are listed and read; what is not there is an error of the era."""
    async with visit.connect() as peer:
        listed, _ = await peer.pages("resources")
        contains([resource["uri"] for resource in listed], facts["uris"], "resources")
        templates, _ = await peer.pages("resourceTemplates")
        contains([template["uriTemplate"] for template in templates], facts["templates"], "templates")
        for read in facts["reads"]:
            contents = await peer.read(read["uri"])
            contains(contents, read.get("contents", []), read["uri"])
            if "json" in read:
                contains(json.loads(contents[0]["text"]), read["json"], read["uri"])
            for content in contents:
                base64.b64decode(content.get("blob", ""), validate=True)
        error = await refusal(peer.read(facts["missing"]))
        same(error.code, -32602 if peer.is_stateless else -32002, "missing resource")
        same(error.data["uri"], facts["missing"], "missing resource")


@scenario
async def prompts(visit, facts):
    """Prompts are listed and filled in; what is missing is an error."""
    async with visit.connect() as peer:
        listed, _ = await peer.pages("prompts")
        same([prompt["name"] for prompt in listed], await peer.prompt_names(), "names")
        contains([prompt["name"] for prompt in listed], facts["names"], "prompts")
        for get in facts["gets"]:
            prompt = await peer.prompt(get["name"], get.get("arguments"))
            contains(prompt["messages"], get["messages"], get["name"])
            assert get.get("says", "") in prompt["messages"][0]["content"].get("text", ""), prompt
        for name, arguments in facts["refused"]:
            same((await refusal(peer.prompt(name, arguments))).code, -32602, name)


@scenario
async def completion(visit, facts):
    """Values that a person types are completed; an unknown reference is an error."""
    def reference(fact):
        if "prompt" in fact:
            return types.PromptReference(type="ref/prompt", name=fact["prompt"])
        return types.ResourceTemplateReference(type="ref/resource", uri=fact["template"])

    async with visit.connect() as peer:
        for fact in facts:
            argument = {"name": fact["argument"], "value": fact["value"]}
            request = peer.complete(reference(fact), argument, fact.get("context"))
            if fact["values"] is None:
                same((await refusal(request)).code, -32602, f"{fact}")
            else:
                same((await request)["values"], fact["values"], f"{fact}")


@scenario
async def elicitation(visit, facts):
    """A person is asked: by a request of the server in a session, by an unfinished result without one."""
    for fact in facts["forms"]:
        ears = Ears(forms=fact["answers"])
        async with visit.connect(ears) as peer:
            contains(await peer.call(fact["tool"], fact.get("arguments")), fact["result"], fact["tool"])
            contains(ears.asked, fact["asked"], "asked")
            same(len(ears.asked), len(fact["answers"]), "questions")
            rounds = fact.get("rounds", len(fact["answers"]))
            expected = ["tools/call"] * (rounds + 1)
            if not peer.is_stateless:
                expected = ["tools/call"] + ["response"] * len(fact["answers"])
            if peer.route.is_http:
                same([word for word in peer.traffic.sent if word in expected], expected, "messages")
    for fact in facts.get("prompts", []):
        ears = Ears(forms=fact["answers"])
        async with visit.connect(ears) as peer:
            contains((await peer.prompt(fact["name"]))["messages"], fact["messages"], fact["name"])
            contains(ears.asked, fact["asked"], "asked")
    for fact in facts["undeclared"]:
        async with visit.connect() as peer:
            if "result" in fact:
                contains(await peer.call(fact["tool"], fact.get("arguments")), fact["result"], fact["tool"])
            elif peer.is_stateless:
                error = await refusal(peer.call(fact["tool"], fact.get("arguments")))
                same(error.code, -32021, fact["tool"])
                assert "elicitation" in error.data["requiredCapabilities"], error
            else:
                same((await peer.call(fact["tool"], fact.get("arguments")))["isError"], True, fact["tool"])


@scenario
async def sampling(visit, facts):
    """The client's model is asked."""
    ears = Ears(sample=facts["reply"])
    async with visit.connect(ears) as peer:
        contains(await peer.call(facts["tool"], facts.get("arguments")), facts["result"], facts["tool"])
        contains(ears.asked, [facts["asked"]], "asked")


@scenario
async def roots(visit, facts):
    """The client is asked for its folders."""
    async with visit.connect(Ears(roots=facts["roots"])) as peer:
        contains(await peer.call(facts["tool"]), facts["result"], facts["tool"])


@scenario
async def everything_at_once(visit, facts):
    """A person, a model and the client are asked for one call."""
    ears = Ears(forms=facts["forms"], sample=facts["reply"], roots=facts["roots"])
    async with visit.connect(ears) as peer:
        contains(await peer.call(facts["tool"]), facts["result"], facts["tool"])


@scenario
async def progress(visit, facts):
    """Progress arrives in order, while the call runs, and only for the call that asked."""
    async with visit.connect() as peer:
        told = []

        async def tell(value, total, message):
            told.append([value, total])

        await peer.call(facts["tool"], progress=tell)
        same(told, facts["values"], "progress")


@scenario
async def cancellation(visit, facts):
    """A call that is given up ends on the server, and the connection goes on."""
    async with visit.connect() as peer:
        for attempt in range(2):
            call = f"{visit.job['client']}-{visit.mode}-{attempt}"
            begun = anyio.Event()

            async def tell(value, total, message):
                begun.set()

            async with anyio.create_task_group() as group:
                group.start_soon(peer.call, facts["tool"], {"call": call}, tell)
                with anyio.fail_after(PATIENCE):
                    await begun.wait()
                group.cancel_scope.cancel()
            contains(await peer.call(facts["witness"], {"call": call}), facts["result"], facts["witness"])
        if not peer.is_stateless and peer.route.is_http:
            # The client comes back for the answer, twice for each call, until it believes that there is none; the
            # session's own stream is still the one that it was.
            await peer.traffic.answered(("GET", 400), 4)
            await peer.route.stream()
            same(peer.traffic.answers.count(("GET", 200)), 1, "streams that were opened")


@scenario
async def log(visit, facts):
    """Log messages arrive when the client asked for them, at or above the level."""
    ears = Ears(log_level="info")
    async with visit.connect(ears) as peer:
        if not peer.is_stateless:
            await peer.set_level("info")
        await peer.call(facts["tool"])
        same([what[1:] for what in ears.heard if what[0] == "log"], [tuple(told) for told in facts["told"]], "log")
    if visit.job["client"] == "sdk":
        # FastMCP always asks.
        ears = Ears()
        async with visit.connect(ears) as peer:
            await peer.call(facts["tool"])
            same([what for what in ears.heard if what[0] == "log"], [], "log")
    ears = Ears(log_level="error")
    async with visit.connect(ears) as peer:
        if not peer.is_stateless:
            await peer.set_level("error")
            await peer.call(facts["tool"])
            same([what for what in ears.heard if what[0] == "log"], [], "log above the level")


class Triggers:
    """What makes something change: a tool to call, or commands to run, in turn."""

    def __init__(self, peer):
        self.peer, self.turns = peer, {}

    async def pull(self, fact):
        if isinstance(fact, str):
            return await self.peer.call(fact)
        if "tool" in fact:
            result = await self.peer.call(fact["tool"], fact["arguments"])
            assert not result.get("isError"), result
            return result
        turn = self.turns.get(id(fact), 0)
        self.turns[id(fact)] = turn + 1
        command = fact["commands"][turn % len(fact["commands"])]
        return await anyio.run_process(command, env=fact["environment"])


@scenario
async def changes(visit, facts):
    """Changed lists and resources are told of: on the session's stream, or on one that the client opens."""
    ears = Ears()
    async with visit.connect(ears) as peer, visit.connect() as other:
        if peer.is_stateless:
            await changes_by_listening(peer, Triggers(other), facts)
        else:
            await changes_in_session(peer, Triggers(other), facts, ears)


async def changes_in_session(peer, other, facts, ears):
    await peer.route.stream()
    if "resource" in facts:
        uri, trigger = facts["resource"]["uri"], facts["resource"]["trigger"]
        await peer.subscribe(uri)
        await other.pull(trigger)
        await ears.wait(("updated", uri))
        await peer.unsubscribe(uri)
        await other.pull(trigger)
        # What comes after on the same stream shows that nothing else came before.
        kind, marker = next(iter(facts["lists"].items()))
        await other.pull(marker)
        await ears.wait((f"notifications/{kind}/list_changed",))
        same(ears.heard.count(("updated", uri)), 1, "updates")
    for kind, trigger in facts["lists"].items():
        changed = (f"notifications/{kind}/list_changed",)
        before, count = await peer.pages(kind), ears.heard.count(changed)
        await other.pull(trigger)
        await ears.wait(changed, count + 1)
        assert await peer.pages(kind) != before, f"{kind} are what they were"
    try:
        async with peer.listen(tools_list_changed=True):
            raise AssertionError("a session has no such streams")
    except ListenNotSupportedError:
        pass


async def changes_by_listening(peer, other, facts):
    events = {"tools": ToolsListChanged(), "prompts": PromptsListChanged()}
    if "resource" in facts:
        uri, trigger = facts["resource"]["uri"], facts["resource"]["trigger"]
        kind, marker = next(iter(facts["lists"].items()))
        async with (
            peer.listen(resource_subscriptions=[uri]) as watched,
            peer.listen(**{f"{kind}_list_changed": True}) as listed,
        ):
            same(watched.honored.resource_subscriptions, [uri], "honored")
            same(listed.honored.resource_subscriptions, None, "honored")
            await other.pull(trigger)
            same(await following(watched), ResourceUpdated(uri=uri), "change of a resource")
            await other.pull(marker)
            # Nothing that was not asked for came before.
            same(await following(listed), events[kind], f"change of {kind}")
    for kind, trigger in facts["lists"].items():
        before = await peer.pages(kind)
        async with peer.listen(**{f"{kind}_list_changed": True}) as stream:
            await other.pull(trigger)
            same(await following(stream), events[kind], f"change of {kind}")
            assert await peer.pages(kind) != before, f"{kind} are what they were"


async def following(stream):
    with anyio.fail_after(PATIENCE):
        return await anext(stream)


@scenario
async def stop(visit, facts):
    """A server that is stopped ends open streams in the way of their era."""
    async with visit.connect() as peer:
        if not peer.is_stateless:
            await peer.route.stream()
            os.kill(facts["process"], signal.SIGTERM)
            return
        async with peer.listen(tools_list_changed=True) as stream:
            os.kill(facts["process"], signal.SIGTERM)
            with anyio.fail_after(PATIENCE):
                # A stream that was lost would throw.
                same([event async for event in stream], [], "events")


async def main():
    job = json.load(sys.stdin)
    report = []
    for mode in job["modes"]:
        for name, facts in job["subject"].items():
            problem = None
            try:
                with anyio.fail_after(4 * PATIENCE):
                    await SCENARIOS[name](Visit(job, mode), facts)
            except BaseException as error:
                problem = "".join(traceback.format_exception(error))
            report.append({"mode": mode, "scenario": name, "problem": problem})
    json.dump(report, sys.stdout)


asyncio.run(main())
