#!/usr/bin/env python3
"""Measures searchWorkspaceTasks by kind of query and size of workspace, beside pg_trgm and a read by primary key.

Each size is a private PostgreSQL with one workspace of so many tasks and as many again in others. Calls are made over HTTP
on one connection, one after the other. The table tells their latency, their processor time in service and database, both
beside getTaskDetails in the same run (transport, token, one task), and how many rows of the search tables were read.
"""

import argparse
import json
import pathlib
import random
import sys
import threading
import time

import search_eval
import timing
from service import Failure, Service, build

KINDS = ["name", "name typo", "name cut", "phone", "phone typo", "number", "e-mail", "text", "text typo", "nothing"]


def note(*words):
    print(*words, file=sys.stderr, flush=True)


def slip(dice, word):
    place = dice.randrange(1, max(2, len(word) - 1))
    return word[:place] + dice.choice("aeioulnrst") + word[place + 1 :]


def queries(service, dice, count):
    """Texts of each kind, from tasks of the workspace."""
    rows = service.sql(
        f"""
        SELECT t.number, t.title, c.display_name, coalesce(c.phone, ''), coalesce(c.email, '')
        FROM (
            SELECT ceil(random() * (SELECT max(number) FROM tasks WHERE workspace_id = '{service.first.key}'))::bigint AS number
            FROM generate_series(1, {count * 2})
        ) AS n
        JOIN tasks AS t ON t.workspace_id = '{service.first.key}' AND t.number = n.number
        JOIN contacts AS c ON c.workspace_id = t.workspace_id AND c.id = t.customer_id
        """
    )
    found = {kind: [] for kind in KINDS}
    for number, title, name, phone, email in rows:
        words = name.split()
        found["name"].append(name)
        found["name typo"].append(f"{words[0]} {slip(dice, words[-1])}")
        found["name cut"].append(name[: max(len(words[0]) + 3, len(name) - 2)])
        found["number"].append("#" + number)
        telling = [word for word in title.split() if len(word) > 3][:2]
        if len(telling) == 2:
            found["text"].append(" ".join(telling))
            found["text typo"].append(f"{slip(dice, telling[0])} {telling[1]}")
        if phone:
            found["phone"].append(phone)
            digits = [c for c in phone if c.isdigit()]
            digits[-2] = str((int(digits[-2]) + 1) % 10)
            found["phone typo"].append("".join(digits))
        if email:
            found["e-mail"].append(email)
        found["nothing"].append(f"{words[0]} {''.join(dice.choice('bdgkqvxz') for _ in range(9))}")
    return {kind: texts[:count] for kind, texts in found.items()}


def rate(service, texts, seconds, connections=8):
    """Calls a second from several connections."""
    counts, end = [0] * connections, time.monotonic() + seconds

    def work(index):
        search = search_eval.Search(service)
        while time.monotonic() < end:
            search.ask(texts[(counts[index] * connections + index) % len(texts)])
            counts[index] += 1

    threads = [threading.Thread(target=work, args=(index,)) for index in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / seconds


def fetched(service):
    """Rows of the search tables that were read so far, once idle connections have reported theirs: after ten seconds."""
    time.sleep(10.5)
    rows = service.sql(
        "SELECT coalesce(sum(idx_tup_fetch), 0) FROM pg_stat_user_tables WHERE relname IN ('search_documents', "
        "'search_phones', 'search_emails')", role="postgres",
    )
    return int(rows[0][0])


def in_database(service, texts, statement):
    """Percentiles of a statement inside of the server, in milliseconds."""
    literals = ", ".join("'" + text.replace("'", "''") + "'" for text in texts)
    rows = service.sql(
        "CREATE TEMP TABLE spent (ms float8)",
        f"""
        DO $run$
        DECLARE text text; begun timestamptz;
        BEGIN
            FOREACH text IN ARRAY ARRAY[{literals}] LOOP
                begun := clock_timestamp();
                {statement}
                INSERT INTO spent VALUES (extract(epoch FROM clock_timestamp() - begun) * 1000);
            END LOOP;
        END $run$
        """,
        "SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY ms), percentile_disc(0.99) WITHIN GROUP (ORDER BY ms) FROM spent",
        role="postgres",
    )
    return [float(cell) for cell in rows[-1]]


def trigrams(service, texts):
    """The best that pg_trgm does: one text a task, a GIN index, the nearest by word similarity."""
    service.sql(
        "CREATE EXTENSION IF NOT EXISTS pg_trgm", "CREATE EXTENSION IF NOT EXISTS btree_gin",
        "SET maintenance_work_mem = '512MB'",
        """
        CREATE TABLE bench_trigrams AS
        SELECT t.workspace_id, t.id AS task_id, concat_ws(' ', c.display_name, t.title, t.description) AS doc
        FROM tasks AS t LEFT JOIN contacts AS c ON c.workspace_id = t.workspace_id AND c.id = t.customer_id
        """,
        "CREATE INDEX bench_trigrams_doc ON bench_trigrams USING gin (workspace_id, doc gin_trgm_ops)",
        "ANALYZE bench_trigrams", role="postgres",
    )
    statement = f"""
        PERFORM task_id FROM bench_trigrams
        WHERE workspace_id = '{service.first.key}' AND doc %> text ORDER BY doc <->> text LIMIT 10;
    """
    found = in_database(service, texts, statement)
    size = service.sql("SELECT pg_relation_size('bench_trigrams_doc')", role="postgres")[0][0]
    service.sql("DROP TABLE bench_trigrams", role="postgres")
    return found, int(size)


def writes(service, count=200):
    """Milliseconds and bytes of log that indexing one more task costs, right after a checkpoint and later: the first
    change of a page behind a checkpoint logs the whole page."""
    run = f"""
        DO $run$
        DECLARE begun timestamptz; at pg_lsn; row record;
        BEGIN
            TRUNCATE cost;
            FOR row IN SELECT * FROM search_documents WHERE workspace_id = '{service.first.key}' AND part = 0 LIMIT {count} LOOP
                DELETE FROM search_documents WHERE workspace_id = row.workspace_id AND task_id = row.task_id AND part = 0;
                begun := clock_timestamp(); at := pg_current_wal_insert_lsn();
                INSERT INTO search_documents VALUES (row.workspace_id, row.task_id, 0, row.keys, row.layout);
                INSERT INTO cost VALUES (extract(epoch FROM clock_timestamp() - begun) * 1000,
                    pg_current_wal_insert_lsn() - at, cardinality(row.keys));
            END LOOP;
        END $run$
        """
    found = "SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY ms), avg(wal), avg(words) FROM cost"
    rows = service.sql(
        "CREATE TEMP TABLE cost (ms float8, wal numeric, words integer)", "CHECKPOINT", run, found, run, found, role="postgres"
    )
    return [[float(cell) for cell in row] for row in rows]


def measure(size, chosen):
    note(f"{size} tasks …")
    service = Service()
    try:
        others = chosen.others if chosen.others is not None else size
        service.seed(1 + chosen.workspaces, max(1, others // chosen.workspaces), size)
        dice = random.Random(1)
        texts = queries(service, dice, chosen.count)
        search = search_eval.Search(service)
        begun = time.perf_counter()
        search.ask("warm words")
        cold = time.perf_counter() - begun
        numbers = [int(text[1:]) for text in texts["number"]]
        for _ in range(3):
            for kind in KINDS:
                search.ask(texts[kind][0])
        key = in_database(
            service, texts["number"],
            f"PERFORM * FROM tasks WHERE workspace_id = '{service.first.key}' AND number = substr(text, 2)::bigint;",
        )
        base = timing.details(service, search, numbers)
        result = {"tasks": size, "others": others, "cold_ms": cold * 1e3, "key_read_ms": key, "kinds": {}}
        before = fetched(service)
        for kind in KINDS:
            # Both within a second or two, since machines drift.
            floor = timing.metered(service, base)
            found = timing.metered(service, [lambda text=text: search.ask(text) for text in texts[kind]])
            after = fetched(service)
            result["kinds"][kind] = {**found, "details": floor, "read": (after - before) / len(texts[kind])}
            before = after
        for kind in KINDS:
            result["kinds"][kind]["rate"] = rate(service, texts[kind], chosen.seconds)
        sizes = service.sql(
            "SELECT sum(pg_total_relation_size(c.oid)) FROM pg_class AS c WHERE relname IN "
            "('search_documents', 'search_words', 'search_phones', 'search_emails')", role="postgres",
        )
        result["index_bytes"] = int(sizes[0][0])
        result["writes_after_checkpoint"], result["writes"] = writes(service)
        result["memory"] = service.memory()
        result["trigrams_ms"], result["trigrams_bytes"] = trigrams(service, texts["name typo"])
        return result
    finally:
        service.stop()


def table(result):
    total = result["tasks"] + result["others"]
    lines = [
        f"{result['tasks']:,} tasks, {result['others']:,} in others; by primary key {result['key_read_ms'][0]:.3f} ms in the "
        f"database; dictionary read in {result['cold_ms']:.0f} ms",
        "",
        "| query | p50 ms | p95 | p99 | getTaskDetails, p50 | ratio | processor ms | ÷ getTaskDetails | calls/s | rows read |",
        "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for kind, row in result["kinds"].items():
        lines.append(
            f"| {kind} | {row['p50_ms']:.2f} | {row['p95_ms']:.2f} | {row['p99_ms']:.2f} | {row['details']['p50_ms']:.2f} "
            f"| {row['p50_ms'] / row['details']['p50_ms']:.1f} | {row['cpu_ms']:.2f} "
            f"| {row['cpu_ms'] / row['details']['cpu_ms']:.1f} "
            f"| {row['rate']:.0f} | {row['read']:.0f} |")
    p50, p99 = result["trigrams_ms"]
    lines += [
        f"| *pg_trgm, name typo, in the database* | {p50:.2f} | | {p99:.2f} | | | | | | |", "",
        f"Search tables {result['index_bytes'] / total:.0f} bytes a task (pg_trgm's index alone "
        f"{result['trigrams_bytes'] / total:.0f}); one more task of {result['writes'][2]:.0f} words "
        f"{result['writes'][0]:.2f} ms and {result['writes'][1] / 1024:.1f} kB of log "
        f"({result['writes_after_checkpoint'][1] / 1024:.1f} kB right after a checkpoint); "
        f"service {result['memory'] / 2**20:.0f} MiB.", "",
    ]
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", default="10000,100000", help="tasks of the workspace, separated by commas; up to 1000000")
    parser.add_argument("--others", type=int, help="tasks in other workspaces; as many as in the one if left out")
    parser.add_argument("--workspaces", type=int, default=100, help="other workspaces (100)")
    parser.add_argument("--count", type=int, default=200, help="queries of each kind")
    parser.add_argument("--seconds", type=float, default=2, help="how long calls a second are counted, for each kind (2)")
    parser.add_argument("--json", type=pathlib.Path, help="also write what was found to this file")
    parser.add_argument("--no-build", action="store_true", help="take the program as it was built last")
    chosen = parser.parse_args()
    if not chosen.no_build:
        build()
    found = []
    for size in chosen.sizes.split(","):
        found.append(measure(int(size), chosen))
        print(table(found[-1]), flush=True)
    if chosen.json:
        chosen.json.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    try:
        main()
    except Failure as failure:
        sys.exit(f"search-bench: {failure}")
