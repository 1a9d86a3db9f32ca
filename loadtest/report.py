"""What a run found, as JSON and as tables."""

import os
import platform
import statistics
import subprocess


def machine(service):
    def words(*command):
        try:
            return subprocess.run(command, capture_output=True, text=True).stdout.strip()
        except FileNotFoundError:
            return ""

    models = [line for line in open("/proc/cpuinfo") if line.startswith("model name")]
    commit = words("git", "-C", os.path.dirname(__file__), "rev-parse", "--short", "HEAD")
    return {
        "cores": len(os.sched_getaffinity(0)),
        "processor": models[0].split(":", 1)[1].strip() if models else platform.machine(),
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        "kernel": platform.release(),
        "postgresql": service.sql("SHOW server_version")[0][0],
        "swift": next(iter(words("swift", "--version").splitlines()), ""),
        "wrk": next(iter(words("wrk", "-v").splitlines()), "").removeprefix("wrk ").split(" Copy")[0],
        "commit": commit,
        "load_before": round(os.getloadavg()[0], 2),
    }


def summary(rounds):
    """One measurement of several: the median of each figure."""
    return {
        key: statistics.median(round[key] for round in rounds) if isinstance(value, (int, float)) else value
        for key, value in rounds[0].items()
    }


def ratio(rounds):
    """The service's best rate against the limit's in the same round, over the rounds."""
    found = sorted(max(run["rate"] for run in one["service"]) / one["limit"]["rate"] for one in rounds)
    return {"median": statistics.median(found), "lowest": found[0], "highest": found[-1]}


def processor_share(found):
    """What the statements cost the database alone, of what a call costs service and database: work instead of time."""
    best = max(found["service"], key=lambda run: run["rate"])
    return found["limit"]["database_us"] / (best["service_us"] + best["database_us"])


def scenario(name, rounds):
    """What the rounds of one scenario come to."""
    connections = [run["connections"] for run in rounds[0]["service"]]
    return {
        "scenario": name,
        "service": [summary([one["service"][index] for one in rounds]) for index in range(len(connections))],
        "limit": summary([one["limit"] for one in rounds]),
        "call_limit": summary([one["call_limit"] for one in rounds]),
        "ratio": ratio(rounds),
        "rounds": rounds,
    }


def tables(result):
    facts = result["machine"]
    lines = [
        f"{facts['cores']} cores ({facts['processor']}), {facts['memory_gib']} GiB, PostgreSQL {facts['postgresql']}, "
        f"commit {facts['commit']}, load average before {facts['load_before']}",
        f"{result['data']['tasks']} tasks in the workspace; {result['era']} era; "
        f"{result['rounds']} rounds of {result['seconds']} s, medians",
        "",
        "| calls | conns | calls/s | p50 ms | p90 ms | p99 ms | service µs | database µs |",
        "|---|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for found in result["scenarios"]:
        for run in found["service"]:
            lines.append(
                f"| {found['scenario']} | {run['connections']:.0f} | {run['rate']:,.0f} | {run['p50_ms']:.1f} "
                f"| {run['p90_ms']:.1f} | {run['p99_ms']:.1f} | {run['service_us']:.0f} | {run['database_us']:.0f} |"
            )
    lines += [
        "",
        "| calls | service, best | pgbench, same statements | ratio (lowest to highest) | by processor time "
        "| pgbench, with the token's check |",
        "|---|--:|--:|--:|--:|--:|",
    ]
    for found in result["scenarios"]:
        best = max(found["service"], key=lambda run: run["rate"])
        share = found["ratio"]
        lines.append(
            f"| {found['scenario']} | {best['rate']:,.0f} | {found['limit']['rate']:,.0f} "
            f"({found['limit']['clients']:.0f} clients) | **{share['median']:.2f}** ({share['lowest']:.2f} to "
            f"{share['highest']:.2f}) | {processor_share(found):.2f} | {found['call_limit']['rate']:,.0f} |"
        )
    memory = result["memory"]
    lines += [
        "",
        f"Resident memory of the service: {memory['idle_bytes'] / 2**20:.0f} MiB idle, "
        f"{memory['busy_bytes'] / 2**20:.0f} MiB at {memory['busy_connections']} connections. "
        f"{result['requests']:,.0f} calls, every one answered without an error.",
    ]
    return "\n".join(lines)
