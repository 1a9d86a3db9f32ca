"""The real service on a private PostgreSQL, with seeded data and a token for them."""

import json
import os
import pathlib
import signal
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

REPOSITORY = pathlib.Path(__file__).resolve().parent.parent
PROGRAM = REPOSITORY / ".build/release/workport"
TICKS = os.sysconf("SC_CLK_TCK")


class Failure(Exception):
    """Something that ends the run, in words for the person who started it."""


def run(*command, **options):
    """Runs a command to its end and returns what it wrote; its words become the failure's."""
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, cwd=REPOSITORY, **options)
    if done.returncode != 0:
        words = (done.stderr or done.stdout).strip()[-2000:]
        raise Failure(f"{pathlib.Path(str(command[0])).name} ended with status {done.returncode}:\n{words}")
    return done.stdout


def build():
    subprocess.run(["swift", "build", "-c", "release", "--product", "workport"], cwd=REPOSITORY, check=True)


class Workspace:
    """One that is called, with a token that may do everything in it."""

    def __init__(self, identifier, token):
        self.id, self.token = identifier, token
        # As the database stores it.
        self.key = identifier.removeprefix("wsp_")

    @property
    def path(self):
        return f"/app/api/mcp/server/{self.id}"


class Service:
    """`workport dev`, from start to stop."""

    def __init__(self, port=0, log_level="warning", workers=None, program=PROGRAM):
        self.program = pathlib.Path(program).resolve()
        if not os.access(self.program, os.X_OK):
            raise Failure(f"{self.program} is no program; build it with `make build`, or name another with --program.")
        # The server's own account has to reach its data, so the folder can be entered by everybody.
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="workport-load-"))
        self.folder.chmod(0o711)
        self.log = open(self.folder / "service.log", "wb")
        port = port or free_port()
        command = [self.program, "dev", "--data", self.folder / "data", "--port", port, "--json", "--log-level", log_level]
        if workers:
            command += ["--workers", workers]
        self.process = subprocess.Popen(
            [str(part) for part in command], cwd=REPOSITORY, stdout=subprocess.PIPE, stderr=self.log, text=True
        )
        try:
            line = self.process.stdout.readline()
            if not line:
                words = (self.folder / "service.log").read_text()[-2000:]
                raise Failure(f"The service does not start:\n{words}")
        except BaseException:
            self.stop()
            raise
        facts = json.loads(line)
        self.origin = facts["endpoint"].split("/app/")[0]
        self.owner_url = facts["databaseUrl"]
        secrets = json.loads((self.folder / "data/secrets.json").read_text())
        self.environment = {
            **os.environ,
            "WORKPORT_ADMIN_DATABASE_URL": self.owner_url,
            "WORKPORT_TOKEN_PEPPER": secrets["pepper"],
        }
        self.pepper = secrets["pepper"]
        self.workspaces = []

    # The cluster is this run's own, so its superuser may be asked too.
    def url(self, role):
        return self.owner_url.replace("workport_owner", role)

    def seed(self, workspaces, tasks, large, called=1):
        """Fills workspaces, the first of them the large one, and takes as many as are `called`."""
        out = run(
            self.program, "seed", "--workspaces", workspaces, "--tasks", tasks, "--one-large", large, "--tokens",
            "--json", env=self.environment,
        )
        made = json.loads(out) if out.lstrip().startswith("[") else [json.loads(line) for line in out.splitlines()]
        self.workspaces = [Workspace(one["id"], one["token"]) for one in made[:called]]
        for workspace in self.workspaces:
            run(
                self.program, "workspace", "update", workspace.id, "--customer-comments", "on", "--factors", 2,
                env=self.environment,
            )
        # Statistics and visibility as they are after some time, not as they are right after loading.
        self.sql("VACUUM ANALYZE", role="postgres")

    def adopt(self, identifier, token):
        """Takes a workspace that somebody else filled as the one that is called."""
        self.workspaces = [Workspace(identifier, token)]

    @property
    def first(self):
        """The workspace that is called where one is enough."""
        return self.workspaces[0]

    def post(self, path, fields, body):
        """One request; its JSON and header fields."""
        request = urllib.request.Request(self.origin + path, body, fields)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return json.loads(answer.read()), answer.headers
        except urllib.error.HTTPError as error:
            raise Failure(f"The service answers {error.code}: {error.read()[:400]}") from error

    def sql(self, *statements, role="workport_app", workspace=None):
        """Runs statements inside of the workspace, the first if none is named, and returns the rows of the last one, as text."""
        command = ["psql", self.url(role), "-qXAt", "-F", "\t", "-v", "ON_ERROR_STOP=1"]
        for statement in statements:
            command += ["-c", statement]
        out = run(*command, env={**os.environ, "PGOPTIONS": self.session(workspace)})
        return [line.split("\t") for line in out.splitlines()]

    def session(self, workspace=None):
        """What the service's connections set, and the workspace, which a call of its own would set."""
        options = "-c search_path=public -c TimeZone=UTC"
        workspace = workspace or next(iter(self.workspaces), None)
        return f"-c workport.workspace_id={workspace.key} {options}" if workspace else options

    def metrics(self):
        """Counters as a dictionary from name and labels to value."""
        with urllib.request.urlopen(self.origin + "/metrics", timeout=10) as answer:
            lines = answer.read().decode().splitlines()
        return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines if line[:1] != "#")}

    # What it costs.

    def memory(self):
        """Resident bytes of the service's own process."""
        return resident(self.process.pid)

    def database(self):
        """The process that all of PostgreSQL's others are children of."""
        return int((self.folder / "data/postgres/data/postmaster.pid").read_text().split()[0])

    def database_processes(self):
        """How many processes the database has, those that have ended and are not noticed yet among them."""
        parent = self.database()
        return sum(times(int(name))[0] == parent for name in os.listdir("/proc") if name.isdigit())

    def cpu(self):
        """Seconds that the service and the database have computed so far."""
        postmaster = self.database()
        database = sum(times(postmaster)[1:])
        for name in os.listdir("/proc"):
            if name.isdigit() and times(int(name))[0] == postmaster:
                database += sum(times(int(name))[1:3])
        return sum(times(self.process.pid)[1:3]), database

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(60)
            except subprocess.TimeoutExpired:
                self.process.kill()
        self.log.close()
        subprocess.run(["rm", "-rf", str(self.folder)], check=False)


def resident(process):
    """Bytes of memory that a process has."""
    with open(f"/proc/{process}/status", encoding="utf-8") as status:
        for line in status:
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
    return 0


def times(process):
    """Parent, then seconds in user and system mode, of itself and of its children that have ended."""
    try:
        fields = pathlib.Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    except (FileNotFoundError, ProcessLookupError):
        return 0, 0.0, 0.0, 0.0, 0.0
    return int(fields[1]), *(int(field) / TICKS for field in fields[11:15])


def free_port():
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until_settled(service):
    """Waits until calls whose client has left are over and the audit trail is written, so that the next run pays for
    none of that."""
    last = None
    for _ in range(100):
        metrics = service.metrics()
        now = [metrics.get(name) for name in ("audit_events_total", "workers_busy", "backlog_jobs")]
        if now == last and now[1:] == [0, 0]:
            return
        last = now
        # For longer than the trail keeps what it has.
        time.sleep(1.2)
    raise Failure(f"The service does not come to rest: {now[1]:.0f} workers busy, {now[2]:.0f} calls waiting.")
