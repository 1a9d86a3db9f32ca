"""The closed loop: wrk with prepared requests, each connection sending its next call when the last is answered."""

import json
import re
import subprocess
import time

from service import Failure, wait_until_settled

SCRIPT = __file__.rsplit("/", 1)[0] + "/call.lua"


def wrk(origin, requests, connections, seconds, check=False, during=None):
    """What wrk counted. Fails if any call was not answered well. `during` is called near the end of the run."""
    command = ["wrk", "-t", "1", "-c", str(connections), "-d", f"{seconds}s", "--timeout", "30s", "--latency"]
    command += ["-s", SCRIPT, origin, "--", str(requests.path), "check" if check else ""]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        time.sleep(seconds * 0.8)
        seen = during() if during else None
        words = process.communicate()[0]
    found = re.search(r"^RESULT (.*)$", words, re.M)
    where = f"{requests.scenario.name} at {connections} connections"
    if not found:
        raise Failure(f"{where}: wrk failed:\n{words[-2000:]}")
    result = json.loads(found[1])
    problems = [
        f"{result[kind]} × {kind}" for kind in ("connect", "read", "write", "timeout", "status", "refused")
        if result[kind] > 0
    ]
    if not result["requests"]:
        problems.append("no call was answered")
    if problems:
        example = re.search(r"^REFUSED (.*)", words, re.M)
        raise Failure(f"{where}: " + ", ".join(problems) + (f"\nfor example {example[1]}" if example else ""))
    measured = {
        "connections": connections, "requests": result["requests"], "rate": result["requests"] / result["seconds"],
        "p50_ms": result["p50"], "p90_ms": result["p90"], "p99_ms": result["p99"], "longest_ms": result["longest"],
    }
    return measured, seen


def measure(service, requests, connections, seconds, check=False):
    """Rate, latencies and costs of the service. Its own counters have to agree that every call was answered well."""
    wait_until_settled(service)
    before = outcomes(service)
    cpu = service.cpu()
    measured, memory = wrk(service.origin, requests, connections, seconds, check, service.memory)
    own, database = (now - then for now, then in zip(service.cpu(), cpu))
    verify(service, requests.scenario, measured, before)
    return {
        **measured, "service_us": own / measured["requests"] * 1e6,
        "database_us": database / measured["requests"] * 1e6, "resident_bytes": memory,
    }


def outcomes(service):
    """How many tool calls ended how, as the service counts them, and how many events of the audit trail were lost."""
    found = {}
    for name, value in service.metrics().items():
        if name.startswith("tool_calls_total{"):
            outcome = re.search(r'outcome="([^"]*)"', name)[1]
            found[outcome] = found.get(outcome, 0) + value
        # At its end wrk closes its connections under the calls that wait, which takes them back.
        elif name.startswith(("backlog_refusals_total", "audit_events_dropped_total")) and "abandoned" not in name:
            found[name] = value
    return found


def verify(service, scenario, measured, before):
    problems = []
    after = outcomes(service)
    for outcome, count in after.items():
        more = count - before.get(outcome, 0)
        if outcome != "ok" and more > 0:
            problems.append(f"{more:.0f} × {outcome}")
    if scenario.is_of_tools and after.get("ok", 0) - before.get("ok", 0) < measured["requests"]:
        problems.append("fewer calls than answers")
    if problems:
        raise Failure(f"{scenario.name} at {measured['connections']} connections: " + ", ".join(problems))
