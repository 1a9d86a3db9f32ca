"""What is called: tools with arguments of their kind at random, methods of the protocol, and HTTP requests of them."""

import itertools
import json
import random
import re

COUNT = 4000
# Tasks that calls are made of: all there are, as a rule. pgbench draws from all too, and those that the one reads may not be
# those that the other has written comments to.
TASKS = 100_000
# What is asked of a list, in turn, so that a dozen calls are as dear as thousands.
FILTERS = ({}, {"status": "open"}, {}, {"status": "in_progress"}, {}, {"status": "done"})
CLIENT = {"name": "loadtest", "version": "1"}
TOOLS = (
    "getTaskDetails", "listWorkspaceTasks", "searchWorkspaceTasks", "listTaskComments", "workspaceSummary",
    "addCustomerComment",
)
LETTERS = "abcdefghijklmnopqrstuvwxyz"
METHODS = ("tools/list", "server/discover", "ping")


class Calls:
    """Makes calls from what one workspace holds, the same for the same data."""

    def __init__(self, service, workspace):
        # Words of one letter prove nothing about a customer, so the check refuses names that have no others.
        self.random = random.Random(1042)
        self.workspace = workspace
        self.filters, self.terms = itertools.cycle(FILTERS), itertools.count()
        self.tasks = service.sql(
            f"""
            SELECT t.number, c.display_name, coalesce(c.phone, ''), t.title, t.status
            FROM tasks AS t JOIN contacts AS c ON c.workspace_id = t.workspace_id AND c.id = t.customer_id
            WHERE t.workspace_id = '{workspace.key}' AND t.deleted_at IS NULL AND c.display_name !~ '(^| ).( |$)'
            ORDER BY hashint8(t.number) LIMIT {TASKS}
            """,
            workspace=workspace,
        )
        self.tasks = [[field.replace("\t", " ") for field in row] for row in self.tasks if row and row[0]]

    def arguments(self, call):
        number, customer, phone, title, _ = self.random.choice(self.tasks)
        if call == "getTaskDetails":
            return {"taskNumber": int(number)}
        if call == "listTaskComments":
            return {"taskNumber": int(number)}
        if call == "listWorkspaceTasks":
            return next(self.filters)
        if call == "searchWorkspaceTasks":
            digits = "".join(letter for letter in phone if letter.isdigit())[-7:]
            terms = [customer, customer.split()[-1], number, " ".join(title.split()[:2])]
            terms += [digits] if len(digits) == 7 else []
            return {"query": terms[next(self.terms) % len(terms)]}
        if call == "addCustomerComment":
            return {
                "taskNumber": int(number),
                # Whoever sends it puts six other letters in each time: the same comment twice is refused, and new words
                # would make each comment dearer to index than those that people write.
                "comment": f"Please call me before you come, code {' '.join(self.random.choices(LETTERS, k=6))}.",
                "verification": {"taskNumber": int(number), "customerName": customer},
            }
        return {}

    def of(self, mix, count=COUNT):
        """Name and arguments of `count` calls."""
        # Exact shares in random order, so that a hundred calls are the mix as well.
        names = [call for call, share in mix.items() for _ in range(share)]
        chosen = []
        while len(chosen) < count:
            chosen += self.random.sample(names, len(names))
        return [(call, self.arguments(call)) for call in chosen[:count]]


class Speaker:
    """One client: a workspace's token and an era."""

    def __init__(self, service, workspace, era):
        self.service = service
        self.workspace = workspace
        self.era = era
        self.fields = {
            "Host": service.origin.removeprefix("http://"),
            "Authorization": f"Bearer {workspace.token}",
            "Content-Type": "application/json",
            "Accept": "application/json, text/event-stream",
        }
        if era == "stateless":
            self.fields["MCP-Protocol-Version"] = "2026-07-28"
        else:
            self.open_session()

    def open_session(self):
        params = {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": CLIENT}
        answer, headers = self.service.post(
            self.workspace.path, self.fields, encoded({"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": params})
        )
        self.fields["Mcp-Session-Id"] = headers["Mcp-Session-Id"]
        self.fields["MCP-Protocol-Version"] = answer["result"]["protocolVersion"]

    def message(self, call, arguments):
        """Header fields and body of one JSON-RPC request, as a client of the era sends it."""
        fields = dict(self.fields)
        method, params = (call, {}) if call in METHODS else ("tools/call", {"name": call, "arguments": arguments})
        if self.era == "stateless":
            fields["Mcp-Method"] = method
            if method == "tools/call":
                fields["Mcp-Name"] = call
            params["_meta"] = {
                "io.modelcontextprotocol/protocolVersion": "2026-07-28",
                "io.modelcontextprotocol/clientCapabilities": {},
                "io.modelcontextprotocol/clientInfo": CLIENT,
            }
        request = {"jsonrpc": "2.0", "id": 7, "method": method}
        if params:
            request["params"] = params
        return fields, encoded(request)

    def call(self, name, arguments):
        """One call; its answer must be a result that agrees with itself."""
        fields, body = self.message(name, arguments)
        answer, _ = self.service.post(self.workspace.path, fields, body)
        check(name, arguments, answer)
        return answer

    def request(self, call, arguments):
        """The bytes of the whole HTTP request."""
        fields, body = self.message(call, arguments)
        lines = [f"POST {self.workspace.path} HTTP/1.1", *(f"{name}: {value}" for name, value in fields.items())]
        return "\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""]).encode() + body


def check(name, arguments, answer):
    """Refuses an answer that is an error, disagrees with itself or is of another task."""
    from service import Failure

    result = answer.get("result")
    wrong = result is None
    if name in TOOLS and not wrong:
        structured = result.get("structuredContent")
        wrong = structured is None or result.get("isError") or json.loads(result["content"][0]["text"]) != structured
        number = arguments.get("taskNumber")
        if not wrong and name == "getTaskDetails" and structured["item"]["number"] != number:
            raise Failure(f"getTaskDetails answers with another task than {number}.")
    if wrong:
        raise Failure(f"{name} {arguments} is answered with an error: {json.dumps(answer)[:600]}")


def encoded(message):
    return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()


class Requests:
    """A file of prepared requests, each after a line with its length, and how to make single calls like them."""

    def __init__(self, service, scenario, calls, workspaces, name=None, mix=None):
        self.scenario = scenario
        self.mix = mix or scenario.mix
        speakers = [Speaker(service, workspace, scenario.era) for workspace in workspaces]
        share = -(-COUNT // len(speakers))
        lists = [
            [speaker.request(*call) for call in calls[speaker.workspace].of(self.mix, share)] for speaker in speakers
        ]
        self.speaker = speakers[0]
        self.path = service.folder / ("requests-" + re.sub(r"\W", "-", name or scenario.name))
        with open(self.path, "wb") as file:
            # The workspaces take turns.
            for group in zip(*lists):
                for request in group:
                    file.write(f"{len(request)}\n".encode() + request)
