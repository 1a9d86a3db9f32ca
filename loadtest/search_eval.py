#!/usr/bin/env python3
"""Asks searchWorkspaceTasks the queries of a benchmark, over HTTP, and prints how well they were answered.

The folder holds corpus.tsv (task_number, customer_id, customer_name, company, phones, email, city, title, description,
comment), queries.tsv (query_id, class, query, rule), and perhaps minimum.json with figures that must be reached. More
tasks around the corpus, in the same columns, come from --background.
"""

import argparse
import csv
import http.client
import json
import pathlib
import sys
import time

import search_score
import timing
from service import Failure, Service, build, run, PROGRAM

CLIENT = {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientInfo": {"name": "search-eval", "version": "1"},
    "io.modelcontextprotocol/clientCapabilities": {},
}
# How many tasks one import brings in.
PART = 100_000


def note(*words):
    print(*words, file=sys.stderr, flush=True)


def read(path):
    with open(path, encoding="utf-8") as file:
        columns = file.readline().rstrip("\n").split("\t")
        for line in file:
            yield dict(zip(columns, line.rstrip("\n").split("\t")))


class Search:
    """One connection to the tool."""

    def __init__(self, service):
        self.path = service.first.path
        self.connection = http.client.HTTPConnection(service.origin.removeprefix("http://"), timeout=60)
        self.fields = {
            "Authorization": f"Bearer {service.first.token}", "Content-Type": "application/json",
            "Accept": "application/json, text/event-stream", "MCP-Protocol-Version": "2026-07-28",
            "Mcp-Method": "tools/call", "Mcp-Name": "searchWorkspaceTasks",
        }

    def ask(self, query, limit=10):
        params = {
            "name": "searchWorkspaceTasks", "arguments": {"query": query, "limit": limit, "fields": ["number"]},
            "_meta": CLIENT,
        }
        body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params})
        self.connection.request("POST", self.path, body.encode(), self.fields)
        answer = json.loads(self.connection.getresponse().read())
        result = answer.get("result", {})
        structured = result.get("structuredContent", {})
        if "items" not in structured:
            if structured.get("error", {}).get("code") == "validation_failed":
                return []
            raise Failure(f"The query {query!r} is answered with {json.dumps(answer)[:600]}")
        return [str(item["number"]) for item in structured["items"]]


def create(service):
    """A new workspace and a token for it."""
    made = run(PROGRAM, "workspace", "create", "--name", "Search evaluation", "--json", env=service.environment)
    workspace = json.loads(made)
    workspace = (workspace[0] if isinstance(workspace, list) else workspace)["id"]
    made = run(
        PROGRAM, "token", "create", "--workspace", workspace, "--name", "eval", "--per-minute", "none", "--json",
        env=service.environment
    )
    token = json.loads(made)
    service.adopt(workspace, (token[0] if isinstance(token, list) else token)["token"])


def fill(service, paths):
    """Imports the tasks, with customers and comments."""
    count = 0
    for path in paths:
        part, rows = 0, []
        for task in read(path):
            rows.append(task)
            if len(rows) == PART:
                load(service, rows)
                count += len(rows)
                note(f"{count} tasks")
                rows = []
        load(service, rows)
        count += len(rows)
    return count


def load(service, rows):
    if not rows:
        return
    path = service.folder / "tasks.csv"
    with open(path, "w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(
            ["external_id", "number", "title", "description", "customer_external_id", "customer_name", "customer_email",
             "customer_phone", "customer_mobile", "customer_company", "customer_city", "comment"]
        )
        for task in rows:
            phones = (task["phones"].split(";") + [""])[:2]
            out.writerow(
                [task["task_number"], task["task_number"], task["title"], task["description"], task["customer_id"],
                 task["customer_name"], task["email"], *phones, task["company"], task["city"], task["comment"]]
            )
    run(PROGRAM, "import", "--workspace", service.first.id, "--kind", "task", path, env=service.environment)


def ask_all(service, queries):
    """The task numbers that each query gets, and by group of queries what the calls cost beside getTaskDetails."""
    search, groups = Search(service), {}
    for query in queries:
        groups.setdefault(search_score.group(query["class"]), []).append(query)
    search.ask("warm words")
    details = timing.details(service, search, range(1, 201))
    answers, speed = {}, {}

    def ask(query):
        answers[query["query_id"]] = search.ask(query["query"])

    for name, members in groups.items():
        # A read of one task a moment before, for machines and moments differ.
        floor = timing.metered(service, details)
        way = timing.transport(search, CLIENT, 200)
        found = timing.metered(service, [lambda query=query: ask(query) for query in members])
        speed[name] = {
            "queries": len(members), **found, "details": floor, "transport_ms": way,
            "p50_ratio": found["p50_ms"] / floor["p50_ms"], "cpu_ratio": found["cpu_ms"] / max(floor["cpu_ms"], 0.001),
        }
    return answers, speed


def speed_table(speed):
    rows = [
        f"{'calls one by one, over HTTP':<28} p50 ms  p95 ms  p99 ms   without transport, p50   ÷ getTaskDetails"
        f"  processor ms      ÷"
    ]
    for name, found in speed.items():
        rows.append(
            f"{name:<28} {found['p50_ms']:6.2f}  {found['p95_ms']:6.2f}  {found['p99_ms']:6.2f}"
            f"   {found['p50_ms'] - found['transport_ms']:22.2f}   {found['p50_ratio']:16.1f}"
            f"  {found['cpu_ms']:12.2f}  {found['cpu_ratio']:5.1f}"
        )
    return "\n".join(rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=pathlib.Path, help="folder with corpus.tsv and queries.tsv")
    parser.add_argument("--background", type=pathlib.Path, help="file with more tasks")
    parser.add_argument("--results", type=pathlib.Path, help="write each query's task numbers to this file")
    parser.add_argument("--json", type=pathlib.Path, help="write the figures to this file")
    parser.add_argument("--no-build", action="store_true", help="take the program as it was built last")
    chosen = parser.parse_args()
    if not chosen.no_build:
        build()
    corpus = chosen.data / "corpus.tsv"
    queries = list(read(chosen.data / "queries.tsv"))
    service = Service()
    try:
        create(service)
        begun = time.monotonic()
        count = fill(service, [corpus] + ([chosen.background] if chosen.background else []))
        service.sql("VACUUM ANALYZE", role="postgres")
        note(f"{count} tasks in {time.monotonic() - begun:.0f} s")
        answers, speed = ask_all(service, queries)
    finally:
        service.stop()
    wanted = {number for found in answers.values() for number in found}
    tasks = {}
    for path in [corpus] + ([chosen.background] if chosen.background else []):
        for task in read(path):
            if path == corpus or task["task_number"] in wanted:
                tasks[task["task_number"]] = task
    judge = search_score.Judge([task for task in tasks.values()])
    result = search_score.score(queries, judge, tasks, answers)
    print(search_score.table(result))
    print(speed_table(speed))
    result["speed"] = speed
    if chosen.results:
        lines = [f"{key}\t{','.join(found)}\n" for key, found in answers.items()]
        chosen.results.write_text("".join(lines), encoding="utf-8")
    if chosen.json:
        chosen.json.write_text(json.dumps(result, indent=1) + "\n")
    check(chosen.data / "minimum.json", result)


def check(path, result):
    """Fails where a figure is worse than the least that the folder asks for."""
    if not path.exists():
        return
    wrong = []
    for place, least in json.loads(path.read_text()).items():
        part, _, key = place.rpartition(".")
        value = result["overall"][key] if not part else result["groups"][part][key]
        is_worse = value > least if key in ("false_positive", "noise") else value < least
        if is_worse:
            wrong.append(f"{place} is {value:.4f}, which should be {least}")
    if wrong:
        raise Failure("; ".join(wrong))


if __name__ == "__main__":
    try:
        main()
    except Failure as failure:
        sys.exit(f"search-eval: {failure}")
