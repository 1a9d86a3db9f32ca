"""What a run found, as JSON and as tables."""

import math
import os
import platform
import statistics
import subprocess

import peer


def words(*command):
    """What a program says of itself, or nothing where it is not installed."""
    try:
        done = subprocess.run(command, capture_output=True, text=True)
    except OSError:
        return ""
    return (done.stdout or done.stderr).strip()


def machine():
    """The machine before the run puts a load on it."""
    models = [line for line in open("/proc/cpuinfo") if line.startswith("model name")]
    return {
        "cores": len(os.sched_getaffinity(0)),
        "processor": models[0].split(":", 1)[1].strip() if models else platform.machine(),
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        "kernel": platform.release(),
        "system": platform.freedesktop_os_release().get("PRETTY_NAME", ""),
        "load_before": round(os.getloadavg()[0], 2),
    }


def programs(service, scenarios):
    """What is measured and what measures it."""
    found = {
        "postgresql": service.sql("SHOW server_version")[0][0],
        "swift": next(iter(words("swift", "--version").splitlines()), ""),
        "wrk": next(iter(words("wrk", "-v").splitlines()), "").removeprefix("wrk ").split(" Copy")[0],
        "commit": words("git", "-C", os.path.dirname(os.path.abspath(__file__)), "rev-parse", "--short", "HEAD"),
    }
    peers = {name for scenario in scenarios for name in scenario.peers}
    if "nginx" in peers:
        found["nginx"] = words(peer.nginx_program() or "nginx", "-v").rpartition("/")[2]
    if peers & {"fastmcp", "sdk"}:
        found["peers"] = peer.versions()
    return found


def summary(rounds):
    """One measurement of several: the median of each figure, of those within others too.

    No figure is more than any: it stands for what never happened.
    """

    def median(values):
        first = next((value for value in values if value is not None), None)
        if isinstance(first, dict):
            keys = dict.fromkeys(key for value in values for key in value)
            return {key: median([value.get(key, 0) for value in values]) for key in keys}
        if not isinstance(first, (int, float)):
            return first
        middle = statistics.median(math.inf if value is None else value for value in values)
        return None if math.isinf(middle) else middle

    return median(rounds)


def ratio(rounds, rate):
    """The service's best rate against another's in the same round, over the rounds."""
    found = sorted(max(run["rate"] for run in one["service"]) / rate(one) for one in rounds)
    return {"median": statistics.median(found), "lowest": found[0], "highest": found[-1]}


def best(found):
    return max(found["service"], key=lambda run: run["rate"])


def processor_share(found):
    """What the statements cost the database alone, of what a call costs service and database: work instead of time."""
    run = best(found)
    return found["limit"]["database_us"] / (run["service_us"] + run["database_us"])


def closed(rounds):
    """What the rounds of one scenario come to."""
    count = len(rounds[0]["service"])
    found = {"service": [summary([one["service"][index] for one in rounds]) for index in range(count)]}
    if "limit" in rounds[0]:
        found["limit"] = summary([one["limit"] for one in rounds])
        found["call_limit"] = summary([one["call_limit"] for one in rounds])
        found["ratio"] = ratio(rounds, lambda one: one["limit"]["rate"])
    if "peers" in rounds[0]:
        found["peers"] = {name: of_peer(rounds, name) for name in rounds[0]["peers"]}
    return {**found, "rounds": rounds}


def of_peer(rounds, name):
    runs = [one["peers"][name] for one in rounds]
    return {
        "runs": [summary([run[index] for run in runs]) for index in range(len(runs[0]))],
        "ratio": ratio(rounds, lambda one: max(run["rate"] for run in one["peers"][name])),
    }


def memory(node, found):
    """What a node costs at rest, and resident bytes of the service at the most connections of a closed load."""
    runs = [run for one in found if one["load"] == "closed" for round in one["rounds"] for run in round["service"]]
    if not runs:
        return node
    widest = max(run["connections"] for run in runs)
    busy = max(run["resident_bytes"] for run in runs if run["connections"] == widest)
    return {**node, "busy_connections": widest, "busy_bytes": busy}


def table(heads, rows):
    """A table in Markdown; the first column holds words, the others figures."""
    lines = [heads, ["---", *["--:"] * (len(heads) - 1)], *rows]
    return ["| " + " | ".join(line) + " |" for line in lines] + [""]


def spread(share):
    return f"**{share['median']:.2f}** ({share['lowest']:.2f} to {share['highest']:.2f})"


def tables(result):
    facts = result["machine"]
    lines = [
        f"{facts['cores']} cores ({facts['processor']}), {facts['memory_gib']} GiB, PostgreSQL {facts['postgresql']}, "
        f"commit {facts['commit']}, load average before {facts['load_before']}",
        f"{result['data']['tasks']} tasks in the workspace",
        "",
    ]
    of = {}
    for found in result["scenarios"]:
        of.setdefault(found["load"], []).append(found)
    for load, words in TABLES.items():
        if load in of:
            lines += words(of[load])
    memory = result["memory"]
    words = f"Resident memory of the service: {memory['idle_bytes'] / 2**20:.0f} MiB idle"
    if "busy_bytes" in memory:
        words += f", {memory['busy_bytes'] / 2**20:.0f} MiB at {memory['busy_connections']} connections"
    words += (
        f"; {memory['connection_bytes'] / 1024:.1f} KiB for each of {memory['connections']:,} connections at rest. "
        f"`serve` gives its first answer {memory['start_s']:.2f} s after its start"
    )
    return "\n".join([*lines, words + "."])


def closed_tables(scenarios):
    lines = table(
        ["calls", "conns", "calls/s", "p50 ms", "p90 ms", "p99 ms", "service µs", "database µs"],
        [
            [
                found["scenario"], f"{run['connections']:.0f}", f"{run['rate']:,.0f}", f"{run['p50_ms']:.1f}",
                f"{run['p90_ms']:.1f}", f"{run['p99_ms']:.1f}", f"{run['service_us']:.0f}",
                f"{run['database_us']:.0f}",
            ]
            for found in scenarios for run in found["service"]
        ],
    )
    limited = [found for found in scenarios if "limit" in found]
    if limited:
        lines += table(
            ["calls", "service, best", "pgbench, same statements", "ratio (lowest to highest)", "by processor time",
             "pgbench, with the token's check"],
            [
                [
                    found["scenario"], f"{best(found)['rate']:,.0f}",
                    f"{found['limit']['rate']:,.0f} ({found['limit']['clients']:.0f} clients)", spread(found["ratio"]),
                    f"{processor_share(found):.2f}", f"{found['call_limit']['rate']:,.0f}",
                ]
                for found in limited
            ],
        )
    rows = []
    for found in scenarios:
        for name, other in found.get("peers", {}).items():
            run = max(other["runs"], key=lambda run: run["rate"])
            rows.append([
                found["scenario"], peer.WORDS[name], f"{run['rate']:,.0f} ({run['connections']:.0f} conns)",
                f"{run['p50_ms']:.1f}", f"{run['p99_ms']:.1f}", f"{best(found)['rate']:,.0f}", spread(other["ratio"]),
            ])
    if rows:
        lines += table(
            ["calls", "peer", "its calls/s, best", "p50 ms", "p99 ms", "service, best", "ratio (lowest to highest)"],
            rows,
        )
    count = sum(run["requests"] for found in scenarios for one in found["rounds"] for run in one["service"])
    return [*lines, f"{count:,.0f} calls, every one answered without an error.", ""]


def open_tables(scenarios):
    rows = [
        [
            found["scenario"], f"{run['rate']:,.0f}", f"{run['goodput']:,.0f}", f"{run['latency']['p50_ms']:.1f}",
            f"{run['latency']['p99_ms']:.1f}", f"{run['latency']['longest_ms']:.1f}",
            f"{run['refused_per_second']:,.0f}", retries(run), f"{run['failed']['timeout']:,.0f}",
            f"{run['lateness']['p99_ms']:.1f}", f"{run['resident_bytes'] / 2**20:.0f}",
        ]
        for found in scenarios for run in found["open"]
    ]
    return table(
        ["calls", "offered/s", "answered well/s", "p50 ms", "p99 ms", "longest ms", "refused/s", "Retry-After s",
         "given up", "generator late, p99 ms", "MiB"],
        rows,
    )


def retries(run):
    """What refusals told of when to come back, the most frequent first."""
    told = sorted(run["retry_after"].items(), key=lambda pair: -pair[1])
    return ", ".join(words for words, count in told if count) or "–"


def overload_tables(scenarios):
    rows = []
    for found in scenarios:
        for step in found["steps"]:
            again = step["recovered_after_s"]
            rows.append([
                found["scenario"], f"{step['times']:g} × {found['capacity']:,.0f}", f"{step['goodput']:,.0f}",
                f"**{step['share_of_peak']:.2f}**", f"{step['latency']['p50_ms']:.0f}",
                f"{step['latency']['p99_ms']:.0f}", f"{step['latency']['longest_ms']:.0f}",
                f"{step['refused_per_second']:,.0f}", retries(step), f"{step['refusal_latency']['p50_ms']:.1f}",
                f"{step['failed']['timeout']:,.0f}", f"{step['resident_bytes'] / 2**20:.0f}",
                f"more than {found['settings']['afterwards']:g}" if again is None else f"{again:.1f}",
            ])
    return table(
        ["calls", "offered/s", "answered well/s", "share of peak", "p50 ms", "p99 ms", "longest ms", "refused/s",
         "Retry-After s", "refused after, p50 ms", "given up", "MiB", "normal again after s"],
        rows,
    )


def fairness_tables(scenarios):
    rows = []
    for found in scenarios:
        alone, beside, apart, flood = found["alone"], found["beside"], found["apart"], found["flood"]
        rows.append([
            found["scenario"], f"{found['modest_rate']:,.0f}", f"{flood['rate']:,.0f}",
            f"{alone['latency']['p50_ms']:.1f}", f"{alone['latency']['p99_ms']:.1f}",
            f"{beside['latency']['p50_ms']:.1f}", f"{beside['latency']['p99_ms']:.1f}",
            f"**{found['p99_ratio']:.2f}**", f"{beside['arrival']['p99_ms']:.0f}", settled(found["settled_after_s"]),
            f"{apart['latency']['p99_ms']:.1f}", f"{found['p99_ratio_to_apart']:.2f}",
            f"{apart['arrival']['p99_ms']:.0f}", settled(found["apart_settled_after_s"]),
            f"{sum(beside['refused'].values()):,.0f}", f"{flood['goodput']:,.0f}",
            f"{flood['refused_per_second']:,.0f}", retries(flood),
            f"{flood['generator_seconds'] / (flood['seconds'] or 1):.2f}",
            ", ".join(f"{1e3 * one['stolen_s']:.0f}" for one in (alone, beside, apart)),
        ])
    return table(
        ["calls", "modest/s", "flood/s", "alone: p50 ms", "p99 ms", "beside: p50 ms", "p99 ms", "p99 ratio",
         "arrival: p99 ms", "settled after s", "flood elsewhere: p99 ms", "p99 ratio to that", "arrival: p99 ms",
         "settled after s", "refused of the modest", "flood answered/s", "flood refused/s", "Retry-After s",
         "generator, cores", "stolen ms"],
        rows,
    )


def settled(seconds):
    return "never" if seconds is None else f"{seconds:.1f}"


TABLES = {
    "closed": closed_tables, "open": open_tables, "overload": overload_tables, "fairness": fairness_tables,
}
