"""How long calls take, and what they cost service and database, one after the other on one connection."""

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

    def call(data):
        search.connection.request("POST", search.path, data, fields)
        search.connection.getresponse().read()

    messages = [speaker.message("getTaskDetails", {"taskNumber": number})[1] for number in numbers]
    return [lambda data=data: call(data) for data in messages]
