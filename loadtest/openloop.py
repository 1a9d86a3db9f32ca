"""The open loop: calls that arrive at a rate of their own, whatever becomes of those before them.

Done by offer.c. wrk cannot do that, and nothing in Debian can that tells a refusal from a failure: hey keeps to a rate a
connection and forgets what it did not send, and h2load looks at no answer.
"""

import json
import pathlib
import shutil
import subprocess
import tempfile
import threading
import urllib.parse

import load
import report
from calls import Requests
from service import REPOSITORY, TICKS, Failure, wait_until_settled

SOURCE = pathlib.Path(__file__).resolve().parent / "offer.c"
PROGRAM = REPOSITORY / ".build/loadtest/offer"
# Ends of a call that are errors at any load; to be given up for the time that it took is none.
ERRORS = ("connect", "cut", "status", "answer")


def build():
    """Compiles the generator if it is not, or is older than its source."""
    if PROGRAM.exists() and PROGRAM.stat().st_mtime > SOURCE.stat().st_mtime:
        return
    compiler = shutil.which("cc") or shutil.which("clang") or shutil.which("gcc")
    if not compiler:
        raise Failure("There is no C compiler for loadtest/offer.c; the Swift toolchain has one, clang.")
    PROGRAM.parent.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        [compiler, "-O2", "-o", PROGRAM, SOURCE, "-lm"], capture_output=True, text=True
    )
    if done.returncode != 0:
        raise Failure(f"loadtest/offer.c cannot be compiled:\n{done.stderr[-2000:]}")


class Offer:
    """Calls on their way; `finish` waits for the last answer."""

    def __init__(self, origin, requests, scenario, rate, seconds, seed=1, log=None):
        build()
        self.name, self.rate, self.log = scenario.name, rate, log
        address = urllib.parse.urlsplit(origin)
        command = [
            PROGRAM, address.hostname, address.port, requests.path, rate, seconds, scenario.arrivals,
            "keep" if scenario.keep_alive else "close", scenario.max_connections, scenario.patience, seed, *([log] if log else []),
        ]
        # Files, not pipes: nobody reads while the load lasts.
        self.output = tempfile.TemporaryFile("w+")
        self.errors = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen([str(word) for word in command], stdout=self.output, stderr=self.errors)

    def finish(self):
        self.process.wait()
        self.output.seek(0)
        self.errors.seek(0)
        words = self.output.read()
        if self.process.returncode != 0:
            raise Failure(f"{self.name} at {self.rate:g} calls/s: the generator failed: {self.errors.read()[-2000:]}")
        found = json.loads(words)
        return {
            "rate": self.rate,
            "goodput": found["ok_in_time"] / found["seconds"],
            "refused_per_second": sum(found["refused"].values()) / found["seconds"],
            **found,
        }

    def stop(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


def verify(scenario, found):
    problems = [f"{found['failed'][kind]} × {kind}" for kind in ERRORS if found["failed"][kind]]
    if problems:
        raise Failure(
            f"{scenario.name} at {found['rate']:g} calls/s: " + ", ".join(problems)
            + (f"\nfor example {found['example']}" if found["example"] else "")
        )


class Watch:
    """Looks at the service's memory all the while, and at the time that others took from the machine's processors."""

    def __init__(self, service):
        self.service, self.most, self.stolen, self.isOver = service, 0, 0.0, threading.Event()
        self.thread = threading.Thread(target=self.look, daemon=True)

    def look(self):
        while True:
            self.most = max(self.most, self.service.memory())
            if self.isOver.wait(0.1):
                return

    def __enter__(self):
        self.stolen = -stolen()
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.isOver.set()
        self.thread.join()
        self.stolen += stolen()


def stolen():
    """Seconds in which the host ran something else while a processor of this machine had something to run."""
    with open("/proc/stat", encoding="utf-8") as counters:
        return int(counters.readline().split()[8]) / TICKS


def offer(run, requests, scenario, rate, seconds, **others):
    """Offers one rate and waits for the end of it."""
    with Watch(run.service) as watch:
        offer = Offer(run.service.origin, requests, scenario, rate, seconds, **others)
        try:
            found = offer.finish()
        finally:
            offer.stop()
    verify(scenario, found)
    return {**found, "resident_bytes": watch.most, "stolen_s": watch.stolen}


def measure(run, scenario):
    """Each rate in each round."""
    service = run.service
    requests = Requests(service, scenario, run.calls, service.workspaces[: scenario.workspaces])
    load.measure(service, requests, 16, 1, check=True)
    rounds = []
    for number in range(scenario.rounds):
        runs = []
        for rate in scenario.offered:
            wait_until_settled(service)
            runs.append(offer(run, requests, scenario, rate, scenario.seconds, seed=number + 1))
        rounds.append({"open": runs})
    medians = [report.summary([one["open"][index] for one in rounds]) for index in range(len(scenario.offered))]
    return {
        "era": scenario.era, "seconds": scenario.seconds, "arrivals": scenario.arrivals, "open": medians,
        "rounds": rounds,
    }
