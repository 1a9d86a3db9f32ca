"""The limit: the statements of a call as pgbench runs them, taken from the server's log of real calls."""

import re
import subprocess
import time

from service import Failure, wait_until_settled

# A statement with its values in place as the server's log shows it; the line after it holds the values.
ENTRY = re.compile(r"^\d{4}-\d\d-\d\d [\d:.]+ \S+ \[(\d+)\] ", re.M)
EXECUTED = re.compile(r"LOG:  duration: [\d.]+ ms  execute \S+: (.*)", re.S)
# What differs in every call of a tool that writes; see calls.py.
CODE = re.compile(r"(?<=, code )[a-z](?: [a-z]){5}(?=\.)")
VALUE = re.compile(r"\$(\d+) = ('(?:[^']|'')*'|NULL)")
# How many calls are looked at for each scenario; of the mix more, so that each tool has its share.
SAMPLES = 12
SAMPLES_OF_MIX = 100


def record(service, requests, calls):
    """Makes some calls of a scenario, reads each answer, and learns their statements."""
    samples = calls.of(requests.mix, SAMPLES if len(requests.mix) == 1 else SAMPLES_OF_MIX)
    found = Recorder(service).record(lambda: [checked(service, requests, sample) for sample in samples])
    if len(found) != len(samples):
        raise Failure(f"{requests.scenario.name}: {len(samples)} calls left {len(found)} in the server's log.")
    return [(name, arguments, statements) for (name, arguments), statements in zip(samples, found)]


# As the database itself tells nodes that a check of a token stands no longer.
FORGET = """
    SELECT pg_notify('workport_mail', json_build_object('to', 'checks', 'say', replace(id::text, '-', ''))::text)
    FROM workspaces
"""


def checked(service, requests, sample):
    """A call that asks the database about its token."""
    service.sql(FORGET, role="postgres")
    return requests.speaker.call(*sample)


class Statement:
    def __init__(self, process, text, values):
        self.process = process
        self.text = re.sub(r"\s*\n\t?\s*", " ", text.strip())
        self.values = values

    @property
    def authenticates(self):
        return "FROM authenticate(" in self.text

    @property
    def opens(self):
        """Whether a flush begins with it: the check of a token, or what is set for a caller of whom a check stands."""
        return self.authenticates or "set_config('workport.member_id'" in self.text

    @property
    def controls(self):
        return self.text.split()[0] in ("BEGIN", "COMMIT", "ROLLBACK")

    def script(self, number):
        """The statement with its values; the number of the task at random where a call names one."""

        def value(match):
            text = self.values.get(match[1], "NULL")
            if number is not None and text == f"'{number}'":
                return ":number"
            # pgbench would take what follows a colon for a variable of its own, in a string as well.
            text = "E" + text.replace("\\", "\\\\").replace(":", "\\x3a") if ":" in text else text
            letters = " || ' ' || ".join(f"chr(97 + :letter{index})" for index in range(6))
            return "(" + CODE.sub(f"' || {letters} || '", text) + ")" if CODE.search(text) else text

        return re.sub(r"\$(\d+)", value, self.text).replace(";", " ") + ";"


class Recorder:
    """Makes the server log every statement for a moment, and reads what a few calls made it run."""

    def __init__(self, service):
        self.service = service
        self.path = service.folder / "data/postgres/server.log"

    def record(self, make_calls):
        wait_until_settled(self.service)
        self.set("ALTER SYSTEM SET log_min_duration_statement = 0", "ALTER SYSTEM SET log_line_prefix = '%m [%p] '")
        start = self.path.stat().st_size
        make_calls()
        self.set("ALTER SYSTEM RESET log_min_duration_statement")
        with open(self.path, encoding="utf-8", errors="replace") as log:
            log.seek(start)
            return list(calls(statements(log.read())))

    def set(self, *settings):
        self.service.sql(*settings, "SELECT pg_reload_conf()", role="postgres")
        time.sleep(0.5)


def statements(log):
    places = list(ENTRY.finditer(log))
    entries = [
        (place[1], log[place.end() : following.start() if following else len(log)])
        for place, following in zip(places, [*places[1:], None])
    ]
    for (process, entry), (_, detail) in zip(entries, [*entries[1:], ("", "")]):
        executed = EXECUTED.match(entry)
        if executed:
            values = dict(VALUE.findall(detail)) if detail.startswith("DETAIL:") else {}
            yield Statement(process, executed[1], values)


# What the later flushes of a search begin with, behind the check of the token.
LATER = re.compile(r"SELECT (t\.id, \(extract|p\.id, |n\.contact_id)")


def calls(statements):
    """The statements of each call, those of its later flushes included."""
    call = None
    for flush in flushes(statements):
        asked = [statement for statement in flush[1:] if "'plan_cache_mode'" not in statement.text]
        if call and asked and LATER.match(asked[0].text):
            call += flush
            continue
        if call:
            yield call
        call = flush
    if call:
        yield call


def flushes(statements):
    """The statements of each flush: what follows its opening. The audit trail's own have none."""
    call = None
    for statement in statements:
        if statement.opens:
            if call:
                yield call
            call = [statement]
        elif call and statement.process == call[0].process:
            if statement.text.startswith("BEGIN"):
                yield call
                call = None
            elif not statement.controls:
                call.append(statement)
    if call:
        yield call


class Limit:
    """pgbench with the statements of one scenario, as the service's role, under its policies."""

    def __init__(self, service, scenario, recorded, numbers):
        self.service = service
        self.folder = service.folder / f"pgbench-{scenario}"
        self.folder.mkdir()
        self.last = max(numbers)
        self.scripts = {"statement": [], "call": []}
        for index, (name, arguments, call) in enumerate(recorded):
            number, writes = arguments.get("taskNumber"), name == "addCustomerComment"
            self.write("statement", index, call, number, writes)
            self.write("call", index, call, number, writes)

    def write(self, kind, index, statements, number, writes):
        parts = []
        for statement in statements:
            if statement.opens:
                parts.append([])
                if kind == "statement":
                    continue
            parts[-1].append(statement.script(number if not writes else None))
        lines = [line for part in parts for line in part]
        if writes:
            # One after the other, for what comes next depends on what came back.
            lines = ["BEGIN;", *lines, "COMMIT;"]
        elif len(lines) > 1:
            lines = [line for part in parts for line in ["\\startpipeline", *part, "\\endpipeline"]]
        if any(":number" in line for line in lines):
            lines.insert(0, f"\\set number random(1, {self.last})")
        if any(":letter0" in line for line in lines):
            lines = [f"\\set letter{index} random(0, 25)" for index in range(6)] + lines
        path = self.folder / f"{kind}-{index}.sql"
        path.write_text("\n".join(lines) + "\n")
        self.scripts[kind].append(path)

    def measure(self, kind, clients, seconds):
        """Transactions a second, and microseconds of the database's CPU for each."""
        command = ["pgbench", "-n", "-M", "prepared", "-c", str(clients), "-j", "1", "-T", str(seconds)]
        for script in self.scripts[kind]:
            command += ["-f", str(script)]
        processes = self.service.database_processes()
        _, before = self.service.cpu()
        done = subprocess.run(
            [*command, self.service.url("workport_app")], capture_output=True, text=True,
            env={"PATH": "/usr/local/bin:/usr/bin:/bin", "PGOPTIONS": self.service.session()},
        )
        # What a connection's process computed is seen once the server has noticed its end.
        for _ in range(100):
            if self.service.database_processes() <= processes:
                break
            time.sleep(0.02)
        _, after = self.service.cpu()
        rate = re.search(r"^tps = ([\d.]+)", done.stdout, re.M)
        count = re.search(r"transactions actually processed: (\d+)", done.stdout)
        failed = re.search(r"number of failed transactions: (\d+)", done.stdout)
        if done.returncode != 0 or not rate or (failed and int(failed[1]) > 0):
            raise Failure(f"pgbench failed ({self.folder.name}, {kind}):\n{(done.stderr or done.stdout)[-2000:]}")
        return {"clients": clients, "rate": float(rate[1]), "database_us": (after - before) / int(count[1]) * 1e6}
