#!/usr/bin/env python3
"""Compares our request parser with h11 and aiohttp's (llhttp), on known attacks and on generated requests.

    python3 -m venv .venv && .venv/bin/pip install -r Tests/requirements.txt
    .venv/bin/python Tests/HTTPServerTests/differential/compare.py

Two things must hold, but for the differences that `allowed` lists:
1. What both others refuse, we refuse.
2. What we accept, each of the others reads as the same method, target, fields and body.
"""

import argparse
import json
import os
import shlex
import struct
import subprocess
import sys
import tempfile
from collections import Counter

import allowed
import cases
import peers


def ours(inputs, command):
    """Has the Swift test suite parse the cases."""
    with tempfile.TemporaryDirectory() as folder:
        source, results = os.path.join(folder, "cases"), os.path.join(folder, "results")
        with open(source, "wb") as file:
            for data in inputs:
                file.write(struct.pack(">I", len(data)) + data)
        environment = dict(os.environ, WORKPORT_DIFFERENTIAL_CASES=source, WORKPORT_DIFFERENTIAL_RESULTS=results)
        run = subprocess.run(shlex.split(command), env=environment, capture_output=True, text=True)
        if run.returncode != 0 or not os.path.exists(results):
            sys.exit(run.stdout + run.stderr + "\nThe Swift suite did not run.")
        with open(results) as file:
            return [json.loads(line) for line in file]


def same(one, other):
    """Whether two readers read the same; h11 writes the coding's name in small letters."""
    def plain(request):
        fields = sorted(
            (name, bytes.fromhex(value).lower().hex() if name == "transfer-encoding" else value)
            for name, value in request["headers"]
        )
        return request["method"], request["target"], fields, request["body"]

    return plain(one) == plain(other)


def complaints(data, mine, others):
    """The ways in which the two rules are broken for one case."""
    if all(refused for _, refused in others.values()):
        most = max(len(requests) for requests, _ in others.values())
        if len(mine["requests"]) > most or (len(mine["requests"]) == most and not mine["refused"]):
            yield "both", "accepted or awaited what both others refuse"
    for name, (requests, refused) in others.items():
        for index, request in enumerate(mine["requests"]):
            if index >= len(requests):
                yield name, "read a request that the other " + ("refuses" if refused else "does not see")
                break
            if not same(request, requests[index]):
                yield name, "read a request differently"
                break


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=30_000, help="generated cases")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--command", default="swift test --filter RequestParserDifferentialTests")
    options = parser.parse_args()
    inputs = list(dict.fromkeys([*cases.known(), *cases.generated(options.count, options.seed)]))
    found, tally = 0, Counter()
    for data, mine in zip(inputs, ours(inputs, options.command), strict=True):
        others = {"h11": peers.read_with_h11(data), "aiohttp": peers.read_with_aiohttp(data)}
        tally["accepted" if mine["requests"] else "refused" if mine["refused"] else "incomplete"] += 1
        for peer, complaint in complaints(data, mine, others):
            reason = allowed.reason(peer, data, mine)
            tally[f"allowed: {peer}: {reason}" if reason else "complaints"] += 1
            if reason is None:
                found += 1
                if found <= 20:
                    print(f"{peer}: we {complaint}\n  {data!r}\n  ours: {mine}\n  theirs: {others}")
    for what, count in sorted(tally.items()):
        print(f"{count:7}  {what}")
    print(f"{len(inputs)} cases, {found} complaints")
    # A comparison that hardly accepts, or hardly refuses, shows nothing.
    if min(tally["accepted"], tally["refused"]) < len(inputs) // 20:
        sys.exit("The cases are too uniform.")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
