"""The load: wrk with prepared requests, and single calls whose answers are read."""

import json
import re
import subprocess
import time
import urllib.error
import urllib.request

from scenarios import CLIENT, body
from service import Failure, wait_until_settled

SCRIPT = __file__.rsplit("/", 1)[0] + "/call.lua"


class Load:
    def __init__(self, service, scenarios, era):
        self.service = service
        self.era = era
        self.fields = {
            "Authorization": f"Bearer {service.token}",
            "Content-Type": "application/json",
            "Accept": "application/json, text/event-stream",
            "MCP-Protocol-Version": "2026-07-28",
            "Mcp-Method": "tools/call",
        }
        if era == "handshake":
            self.open_session()
        self.file("fields", [f"{name}: {value}" for name, value in self.fields.items()])
        for name in scenarios.names:
            calls = scenarios.calls(name)
            self.file(name, [f"{tool}\t{body(tool, arguments, era)}" for tool, arguments in calls])

    def file(self, name, lines):
        self.path(name).write_text("".join(line + "\n" for line in lines), encoding="utf-8")

    def path(self, name):
        return self.service.folder / f"requests-{name}"

    def open_session(self):
        for name in ("Mcp-Method", "MCP-Protocol-Version"):
            del self.fields[name]
        params = {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": CLIENT}
        message = {"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": params}
        answer, headers = self.post(json.dumps(message).encode(), self.fields)
        self.fields["Mcp-Session-Id"] = headers["Mcp-Session-Id"]
        self.fields["MCP-Protocol-Version"] = answer["result"]["protocolVersion"]

    def post(self, data, fields):
        request = urllib.request.Request(self.service.origin + self.service.path, data, fields)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return json.loads(answer.read()), answer.headers
        except urllib.error.HTTPError as error:
            raise Failure(f"The service answers {error.code}: {error.read()[:400]}") from error

    def call(self, tool, arguments):
        """One call; its answer must be a result that agrees with itself."""
        fields = dict(self.fields)
        if self.era == "stateless":
            fields["Mcp-Name"] = tool
        answer, _ = self.post(body(tool, arguments, self.era).encode(), fields)
        result = answer.get("result", {})
        structured = result.get("structuredContent")
        if structured is None or result.get("isError") or json.loads(result["content"][0]["text"]) != structured:
            raise Failure(f"{tool} {arguments} is answered with an error: {json.dumps(answer)[:600]}")
        number = arguments.get("taskNumber")
        if tool == "getTaskDetails" and structured["item"]["number"] != number:
            raise Failure(f"getTaskDetails answers with another task than {number}.")
        return structured

    def measure(self, scenario, connections, seconds, check=False):
        """Rate, latencies and costs. Fails if any call was not answered well."""
        wait_until_settled(self.service)
        outcomes = self.outcomes()
        cpu = self.service.cpu()
        command = ["wrk", "-t", "1", "-c", str(connections), "-d", f"{seconds}s", "--timeout", "30s", "--latency"]
        command += ["-s", SCRIPT, self.service.origin, "--", self.service.path, str(self.path("fields"))]
        command += [str(self.path(scenario)), "check" if check else ""]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
            time.sleep(seconds * 0.8)
            memory = self.service.memory()
            words = process.communicate()[0]
        service, database = (now - then for now, then in zip(self.service.cpu(), cpu))
        found = re.search(r"^RESULT (.*)$", words, re.M)
        if not found:
            raise Failure(f"wrk failed ({scenario}, {connections} connections):\n{words[-2000:]}")
        result = json.loads(found[1])
        self.verify(scenario, connections, result, outcomes, words)
        return {
            "scenario": scenario, "connections": connections, "requests": result["requests"],
            "rate": result["requests"] / result["seconds"],
            "p50_ms": result["p50"], "p90_ms": result["p90"], "p99_ms": result["p99"], "longest_ms": result["longest"],
            "service_us": service / result["requests"] * 1e6, "database_us": database / result["requests"] * 1e6,
            "resident_bytes": memory,
        }

    def outcomes(self):
        """How many tool calls ended how, as the service counts them, and how many events of the audit trail were lost."""
        metrics = self.service.metrics()
        found = {}
        for name, value in metrics.items():
            if name.startswith("tool_calls_total{"):
                outcome = re.search(r'outcome="([^"]*)"', name)[1]
                found[outcome] = found.get(outcome, 0) + value
            elif name.startswith(("backlog_refusals_total", "audit_events_dropped_total")):
                found[name] = value
        return found

    def verify(self, scenario, connections, result, before, words):
        problems = [
            f"{result[kind]} × {kind}" for kind in ("connect", "read", "write", "timeout", "status", "refused")
            if result[kind] > 0
        ]
        after = self.outcomes()
        for outcome, count in after.items():
            more = count - before.get(outcome, 0)
            if outcome != "ok" and more > 0:
                problems.append(f"{more:.0f} × {outcome}")
        if after.get("ok", 0) - before.get("ok", 0) < result["requests"]:
            problems.append("fewer calls than answers")
        if problems:
            example = re.search(r"^REFUSED (.*)", words, re.M)
            raise Failure(
                f"{scenario} at {connections} connections: " + ", ".join(problems)
                + (f"\nfor example {example[1]}" if example else "")
            )
