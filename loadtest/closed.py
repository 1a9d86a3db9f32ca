"""A closed load in rounds: the service and what stands beside it, in turn."""

import limit
import load
import peer
import report
from calls import Requests


def measure(run, scenario):
    service, chosen = run.service, run.chosen
    workspaces = service.workspaces[: scenario.workspaces]
    requests = Requests(service, scenario, run.calls, workspaces)
    # Every answer is looked at, which costs wrk a good deal: in a run of its own, or all along where figures do not count.
    if not chosen.short:
        load.measure(service, requests, min(16, max(scenario.connections)), 1, check=True)
    ceiling, clients, recorded, peers = None, None, None, []
    if {"pgbench", "fastmcp", "sdk"} & set(scenario.peers):
        recorded = limit.record(service, requests, run.calls[workspaces[0]])
    if "pgbench" in scenario.peers:
        numbers = [int(row[0]) for row in run.calls[workspaces[0]].tasks]
        ceiling = limit.Limit(service, scenario.name, recorded, numbers)
        clients = max(
            chosen.clients, key=lambda n: ceiling.measure("statement", n, 1)["rate"] if chosen.clients[1:] else 0
        )
    try:
        for name in scenario.peers:
            if name in peer.START:
                peers.append(peer.START[name](name, service, requests, recorded))
                if not chosen.short:
                    load.wrk(peers[-1].origin, requests, min(16, max(scenario.connections)), 1, check=True)
        rounds = [
            one_round(service, scenario, requests, ceiling, clients, peers, chosen.short)
            for _ in range(scenario.rounds)
        ]
    finally:
        for one in peers:
            one.stop()
    return {"era": scenario.era, "seconds": scenario.seconds, **report.closed(rounds)}


def one_round(service, scenario, requests, ceiling, clients, peers, check):
    found = {}
    if ceiling:
        found["limit"] = ceiling.measure("statement", clients, scenario.seconds)
    found["service"] = [load.measure(service, requests, n, scenario.seconds, check) for n in scenario.connections]
    if ceiling:
        found["call_limit"] = ceiling.measure("call", clients, scenario.seconds)
    if peers:
        found["peers"] = {
            one.name: [
                load.wrk(one.origin, requests, n, scenario.seconds, check)[0] for n in connections_of_peers(scenario)
            ]
            for one in peers
        }
    return found


def connections_of_peers(scenario):
    """Where peers are at their best: neither one at a time nor crowded."""
    return [n for n in scenario.connections if 16 <= n <= 64] or [min(scenario.connections, key=lambda n: abs(n - 64))]
