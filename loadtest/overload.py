"""More than the service can do: how much of it is still answered, what is refused, and who suffers."""

import contextlib
import statistics
import time

import load
import openloop
import report
from calls import Calls, Requests
from service import Failure, wait_until_settled
from trouble import Trouble

# The parts of the time after a load, in seconds, in which the probe is judged.
WINDOW = 0.2
# A window is normal if its calls were answered well, half of them within this many times what 99 in 100 take alone,
# or within these milliseconds, and so are the next ones.
NORMAL, NORMAL_MS, NORMAL_WINDOWS = 2, 10, 3
# Seconds in which a flood arrives: thousands of connections at once, which is told apart from the flood.
ARRIVAL = 1
# Connections of the closed loops that find out what the service can do: enough to keep it busy, and so few that none of
# their calls is turned away for having to wait too long, even by a slow machine.
CAPACITY_CONNECTIONS = (32, 64)


def capacity(run, requests, scenario):
    """Calls a second that the service answers when it is asked as fast as it answers."""
    load.measure(run.service, requests, 16, 1, check=True)
    if scenario.capacity:
        return scenario.capacity
    return max(
        load.measure(run.service, requests, connections, max(1, scenario.seconds // 2))["rate"]
        for connections in CAPACITY_CONNECTIONS
    )


def offer_beside(run, scenario, probe, flood, seconds, before, after, seed):
    """Runs a probe and, from `before` seconds after its start and for `seconds`, the flood beside it.

    `probe` and `flood` are requests with their rate. Returns both results, the service's memory at its highest, and the
    calls of the probe as seconds since the flood's end, milliseconds and class.
    """
    service = run.service
    log = service.folder / "probe.log"
    wait_until_settled(service)
    offers = []
    with openloop.Watch(service) as watch:
        try:
            offers.append(
                openloop.Offer(
                    service.origin, probe[0], scenario, probe[1], before + seconds + after, seed=seed, log=log
                )
            )
            time.sleep(before)
            with Trouble(service, scenario, flood[0]) as trouble:
                offers.append(openloop.Offer(service.origin, flood[0], scenario, flood[1], seconds, seed=seed + 1000))
                large = offers[1].finish()
            small = offers[0].finish()
        finally:
            for offer in offers:
                offer.stop()
    openloop.verify(scenario, small)
    openloop.verify(scenario, large)
    end = max(large["began"] + large["lasted"], trouble.ended)
    return small, {**large, "resident_bytes": watch.most}, logged(log, small["began"] - end)


def logged(log, offset):
    """The calls that a generator logged: seconds since its start and the offset, milliseconds, class."""
    words = (line.split() for line in log.read_text().splitlines())
    return [(float(start) / 1e3 + offset, float(latency), kind) for start, latency, kind in words]


def recovery(calls, alone_ms):
    """Seconds, from a load's end or from its start, until calls are answered as they were before; nothing if they are not in the end."""
    limit = max(NORMAL * alone_ms, NORMAL_MS)
    windows = {}
    for at, latency, kind in calls:
        if at >= 0:
            windows.setdefault(int(at / WINDOW), []).append((latency, kind))
    in_row = 0
    for index in sorted(windows):
        found = windows[index]
        isNormal = all(kind == "ok" for _, kind in found) and statistics.median(ms for ms, _ in found) <= limit
        in_row = in_row + 1 if isNormal else 0
        if in_row == NORMAL_WINDOWS:
            return (sorted(windows).index(index) - NORMAL_WINDOWS + 1) * WINDOW
    return None


def measure(run, scenario):
    """Offers times of the capacity, one after the other, and sees how soon all is normal again after each.

    The peak is the highest of the medians over the rounds, that of closed loops among them: the highest of single
    measurements would be the luckiest one, for a machine drifts by a tenth from one to the next.
    """
    service = run.service
    workspaces = service.workspaces[: scenario.workspaces]
    requests = Requests(service, scenario, run.calls, workspaces)
    found = capacity(run, requests, scenario)
    # The probe is of one kind, so that its latencies can be compared: the most frequent of the mix.
    kind = max(scenario.mix, key=scenario.mix.get)
    probe = Requests(service, scenario, run.calls, workspaces[:1], f"{scenario.name}-probe", {kind: 1})
    rounds = []
    for number in range(scenario.rounds):
        closed = found if number == 0 else capacity(run, requests, scenario)
        wait_until_settled(service)
        alone = openloop.offer(run, probe, scenario, scenario.modest_rate, scenario.seconds, seed=number)
        steps = []
        for times in scenario.times:
            _, step, calls = offer_beside(
                run, scenario, (probe, scenario.modest_rate), (requests, times * found), scenario.seconds, 1,
                scenario.afterwards, number + 1,
            )
            step["times"] = times
            step["recovered_after_s"] = recovery(calls, alone["latency"]["p99_ms"])
            steps.append(step)
        rounds.append({"capacity": closed, "probe_alone": alone, "steps": steps})
    median = statistics.median
    peak = max(
        median(one["capacity"] for one in rounds),
        *(median(one["steps"][index]["goodput"] for one in rounds) for index in range(len(scenario.times))),
    )
    for one in rounds:
        for step in one["steps"]:
            step["share_of_peak"] = step["goodput"] / peak
    steps = [report.summary([one["steps"][index] for one in rounds]) for index in range(len(scenario.times))]
    return {
        "era": scenario.era, "seconds": scenario.seconds, "capacity": found, "peak": peak, "probe_rate": scenario.modest_rate,
        "steps": steps, "rounds": rounds,
    }


def fairness(run, scenario):
    """One workspace floods the service while another calls modestly: what the other notices.

    The processors are shared by the service, its database and whoever floods, so a flood costs the modest one something
    whatever the service does. How much that is, the same flood tells when it goes to a service of its own, with a database of
    its own, on the same processors.
    """
    service = run.service
    modest, flooding = service.workspaces[0], service.workspaces[1 : scenario.workspaces]
    both = Requests(service, scenario, run.calls, service.workspaces[: scenario.workspaces], f"{scenario.name}-all")
    found = capacity(run, both, scenario)
    requests = Requests(service, scenario, run.calls, [modest], f"{scenario.name}-modest")
    here = (service, Requests(service, scenario, run.calls, flooding, f"{scenario.name}-flood"))
    rounds = []
    with neighbour(run, scenario) as there:
        for number in range(scenario.rounds):
            wait_until_settled(service)
            alone = openloop.offer(run, requests, scenario, scenario.modest_rate, scenario.seconds, seed=number)
            beside, large = flood_around(run, scenario, requests, here, scenario.flood * found, number)
            apart, _ = flood_around(run, scenario, requests, there, scenario.flood * found, number)
            rounds.append({
                "alone": alone, "beside": beside, "apart": apart, "flood": large,
                "settled_after_s": recovery(beside.pop("calls"), alone["latency"]["p99_ms"]),
                "apart_settled_after_s": recovery(apart.pop("calls"), alone["latency"]["p99_ms"]),
                "p99_ratio": ratio(beside, alone, "p99_ms"), "p50_ratio": ratio(beside, alone, "p50_ms"),
                "apart_p99_ratio": ratio(apart, alone, "p99_ms"), "p99_ratio_to_apart": ratio(beside, apart, "p99_ms"),
            })
    return {
        "era": scenario.era, "seconds": scenario.seconds, "capacity": found, "modest_rate": scenario.modest_rate,
        **report.summary(rounds), "rounds": rounds,
    }


def ratio(one, other, what):
    return one["latency"][what] / max(other["latency"][what], 0.001)


@contextlib.contextmanager
def neighbour(run, scenario):
    """Another service like the run's, filled like it, and the requests of its flood."""
    service = run.another()
    try:
        service.seed(scenario.workspaces, run.chosen.others, run.chosen.others, scenario.workspaces)
        calls = {workspace: Calls(service, workspace) for workspace in service.workspaces}
        requests = Requests(service, scenario, calls, service.workspaces[1:], f"{scenario.name}-flood")
        load.measure(service, requests, 16, 1, check=True)
        wait_until_settled(service)
        yield service, requests
    finally:
        service.stop()


def flood_around(run, scenario, requests, flood, rate, number):
    """Runs the modest calls while a flood, a service and its requests, goes on; returns both results.

    The modest one's latencies are those of its calls within `seconds` from when the flood has arrived; `arrival` has those
    before, from the flood's start on, and `calls` all, as seconds since that.
    """
    service, flooding = flood
    log = run.service.folder / "modest.log"
    wait_until_settled(service)
    offers = []
    with openloop.Watch(service) as watch:
        try:
            offers.append(
                openloop.Offer(
                    run.service.origin, requests, scenario, scenario.modest_rate, scenario.seconds + ARRIVAL + 1.5, seed=number,
                    log=log,
                )
            )
            time.sleep(0.5)
            offers.append(
                openloop.Offer(
                    service.origin, flooding, scenario, rate, scenario.seconds + ARRIVAL + 0.5, seed=number + 1000
                )
            )
            small, large = (offer.finish() for offer in offers)
        finally:
            for offer in offers:
                offer.stop()
    openloop.verify(scenario, small)
    openloop.verify(scenario, large)
    calls = logged(log, small["began"] - large["began"])
    found = {
        **small, "stolen_s": watch.stolen, "calls": calls, "arrival": latencies(calls, 0, ARRIVAL),
        "latency": latencies(calls, ARRIVAL, ARRIVAL + scenario.seconds),
    }
    return found, {**large, "resident_bytes": watch.most}


def latencies(calls, first, last):
    """Of the calls that were answered well and began within these seconds."""
    times = sorted(ms for at, ms, kind in calls if first <= at < last and kind == "ok")
    if not times:
        raise Failure(f"No call was answered well from second {first} to {last} of a flood.")
    marks = {"p50_ms": 0.5, "p90_ms": 0.9, "p99_ms": 0.99, "longest_ms": 1}
    return {name: times[int((len(times) - 1) * share)] for name, share in marks.items()}
