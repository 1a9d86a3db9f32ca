"""How long calls take, and what they cost service and database, one after the other on one connection."""

import json
import time

from calls import Speaker


def percentile(times, share):
    """In milliseconds, of seconds."""
    times = sorted(times)
    return times[min(len(times) - 1, int(len(times) * share))] * 1e3


def timed(calls):
    """Seconds of each call."""
    times = []
    for call in calls:
        begun = time.perf_counter()
        call()
        times.append(time.perf_counter() - begun)
    return times


def metered(service, calls):
    """Milliseconds of the calls, and of a processor that service and database took for one."""
    before = sum(service.cpu())
    times = timed(calls)
    cost = (sum(service.cpu()) - before) * 1e3 / len(calls)
    marks = {"p50_ms": 0.5, "p95_ms": 0.95, "p99_ms": 0.99}
    return {**{name: percentile(times, share) for name, share in marks.items()}, "cpu_ms": cost}


def details(service, search, numbers):
    """Calls of getTaskDetails, which others are compared with: transport, the token's check, and one task by its number."""
    fields = {**search.fields, "Mcp-Name": "getTaskDetails"}
    speaker = Speaker(service, service.first, "stateless")

    messages = [speaker.message("getTaskDetails", {"taskNumber": number})[1] for number in numbers]
    return [lambda data=data: post(search, data, fields) for data in messages]


def transport(search, client, count):
    """Milliseconds that a call spends on its way there and back, by the median: one that needs no database."""
    fields = {name: text for name, text in search.fields.items() if name != "Mcp-Name"} | {"Mcp-Method": "server/discover"}
    data = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "server/discover", "params": {"_meta": client}}).encode()
    return percentile(timed([lambda: post(search, data, fields)] * count), 0.5)


def post(search, data, fields):
    search.connection.request("POST", search.path, data, fields)
    return search.connection.getresponse().read()
