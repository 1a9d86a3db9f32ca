"""A closed load in rounds: the service and what stands beside it, in turn."""

import limit
import load
import report
from calls import Requests


def measure(run, scenario):
    service, chosen = run.service, run.chosen
    workspaces = service.workspaces[: scenario.workspaces]
    requests = Requests(service, scenario, run.calls, workspaces)
    load.measure(service, requests, min(16, max(scenario.connections)), 1, check=True)
    ceiling = clients = None
    if "pgbench" in scenario.peers:
        calls = run.calls[workspaces[0]]
        numbers = [int(row[0]) for row in calls.tasks]
        ceiling = limit.Limit(service, scenario.name, limit.record(service, requests, calls), numbers)
        clients = max(
            chosen.clients, key=lambda n: ceiling.measure("statement", n, 1)["rate"] if chosen.clients[1:] else 0
        )
    rounds = []
    for _ in range(scenario.rounds):
        one = {}
        if ceiling:
            one["limit"] = ceiling.measure("statement", clients, scenario.seconds)
        one["service"] = [load.measure(service, requests, n, scenario.seconds) for n in scenario.connections]
        if ceiling:
            one["call_limit"] = ceiling.measure("call", clients, scenario.seconds)
        rounds.append(one)
    return {"era": scenario.era, "seconds": scenario.seconds, **report.closed(rounds)}
