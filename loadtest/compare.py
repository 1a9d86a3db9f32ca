"""Two runs side by side: what became of each figure, as the second run's over the first's."""

import json
import pathlib

from peer import WORDS as PEERS
from report import table
from service import Failure

# What makes two machines different ones for these purposes; of the rest, versions may be what was to be compared.
OF_MACHINE = ("cores", "processor", "memory_gib", "kernel", "postgresql")
# With more than this on the machine before a run, its times say little.
LOADED = 1.0


def read(path):
    try:
        result = json.loads(pathlib.Path(path).read_text())
    except (OSError, ValueError) as error:
        raise Failure(f"{path} cannot be read as JSON: {error}.") from error
    if not isinstance(result, dict) or not isinstance(result.get("scenarios"), list) or "machine" not in result:
        raise Failure(f"{path} is no result of a run; --json FILE writes one.")
    return result


def warnings(paths, results):
    first, second = (result["machine"] for result in results)
    words = [
        f"{key} is {first.get(key)} in {paths[0]} and {second.get(key)} in {paths[1]}"
        for key in OF_MACHINE if first.get(key) != second.get(key)
    ]
    if words:
        yield "The machines differ: " + "; ".join(words) + ". Only ratios to what ran beside can be compared."
    if results[0].get("data") != results[1].get("data"):
        yield f"The data differ: {results[0].get('data')} and {results[1].get('data')}."
    before = {found["scenario"]: found.get("settings") for found in results[0]["scenarios"]}
    for found in results[1]["scenarios"]:
        one, other = before.get(found["scenario"]), found.get("settings")
        changed = [key for key in other or {} if one and one.get(key) != other[key]]
        if changed:
            yield f"{found['scenario']} was measured with other settings: {', '.join(changed)}."
    for path, facts in zip(paths, (first, second)):
        if facts.get("load_before", 0) > LOADED * max(1, facts.get("cores", 1)) / 2:
            yield f"The machine was busy before {path}: load average {facts['load_before']}."


def figures(found):
    """The figures of a scenario by name: value, and whether more of it is better."""
    load = found.get("load", "closed")
    if load == "closed":
        for run in found["service"]:
            at = f"at {run['connections']:.0f} connections"
            yield f"calls/s {at}", run["rate"], True
            yield f"p50 ms {at}", run["p50_ms"], False
            yield f"p99 ms {at}", run["p99_ms"], False
            yield f"processor µs a call {at}", run["service_us"] + run["database_us"], False
        if "ratio" in found:
            yield "ratio to pgbench", found["ratio"]["median"], True
        for name, other in found.get("peers", {}).items():
            yield f"ratio to {PEERS.get(name, name)}", other["ratio"]["median"], True
    elif load == "open":
        for run in found["open"]:
            at = f"at {run['rate']:g} calls/s"
            yield f"answered well/s {at}", run["goodput"], True
            yield f"p50 ms {at}", run["latency"]["p50_ms"], False
            yield f"p99 ms {at}", run["latency"]["p99_ms"], False
            yield f"refused/s {at}", run["refused_per_second"], False
    elif load == "overload":
        yield "capacity, calls/s", found["capacity"], True
        for step in found["steps"]:
            at = f"at {step['times']:g} times"
            yield f"share of peak {at}", step["share_of_peak"], True
            yield f"p99 ms {at}", step["latency"]["p99_ms"], False
            yield f"MiB {at}", step["resident_bytes"] / 2**20, False
            yield f"normal again after s {at}", step["recovered_after_s"], False
    elif load == "fairness":
        yield "p99 ms alone", found["alone"]["latency"]["p99_ms"], False
        yield "p99 ms beside the flood", found["beside"]["latency"]["p99_ms"], False
        yield "p99 ratio", found["p99_ratio"], False
        if "settled_after_s" in found:
            yield "settled after s", found["settled_after_s"], False
        if "p99_ratio_to_apart" in found:
            yield "p99 ratio to a flood elsewhere", found["p99_ratio_to_apart"], False
        yield "flood answered/s", found["flood"]["goodput"], True


def shown(value):
    if value is None:
        return "–"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:,.1f}" if abs(value) >= 10 else f"{value:,.2f}"


def rows(first, second):
    for name in first:
        if name not in second:
            continue
        now = {words: value for words, value, _ in figures(second[name])}
        for words, value, more_is_better in figures(first[name]):
            if words not in now:
                continue
            other = now[words]
            ratio = other / value if value and other is not None else None
            if ratio is None:
                verdict = ""
            elif 0.9 <= ratio <= 1.1:
                verdict = "as before"
            else:
                verdict = "better" if (ratio > 1) == more_is_better else "worse"
            yield [f"{name}: {words}", shown(value), shown(other), "–" if ratio is None else f"**{ratio:.2f}**", verdict]


def compare(paths):
    """Warnings and a table, in words."""
    results = [read(path) for path in paths]
    first, second = ({found["scenario"]: found for found in result["scenarios"]} for result in results)
    lines = [*(f"Beware: {words}" for words in warnings(paths, results)), ""]
    found = list(rows(first, second))
    if not found:
        raise Failure(f"{paths[0]} and {paths[1]} have no scenario and figure in common.")
    lines += table(["figure", str(paths[0]), str(paths[1]), "second ÷ first", "which is"], found)
    for path, mine, other in ((paths[0], first, second), (paths[1], second, first)):
        alone = [name for name in mine if name not in other]
        if alone:
            lines.append(f"Only in {path}: {', '.join(alone)}.")
    return "\n".join(lines).strip()
