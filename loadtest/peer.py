"""Peers: other servers that do the same work beside the service, on the same database or with the same bytes."""

import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request

import calls
from service import REPOSITORY, Failure, free_port

HERE = pathlib.Path(__file__).resolve().parent / "peers"
ENVIRONMENT = REPOSITORY / ".build/loadtest/peers"
WORDS = {
    "fastmcp": "FastMCP", "sdk": "official Python SDK", "nginx": "nginx, same bytes",
}
# Database connections of each process of a peer.
CONNECTIONS = 4


def environment():
    """The Python environment of the peers, made when it is first needed or its requirements have changed."""
    requirements, made = HERE / "requirements.txt", ENVIRONMENT / "requirements.txt"
    if not made.exists() or made.read_text() != requirements.read_text():
        print("Installing the peers …", file=sys.stderr, flush=True)
        shutil.rmtree(ENVIRONMENT, ignore_errors=True)
        for command in (
            [sys.executable, "-m", "venv", ENVIRONMENT],
            [ENVIRONMENT / "bin/pip", "install", "--quiet", "--disable-pip-version-check", "-r", requirements],
        ):
            done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
            if done.returncode != 0:
                raise Failure(f"The peers cannot be installed; leave them out with --peers.\n{done.stderr[-2000:]}")
        shutil.copy(requirements, made)
    return ENVIRONMENT / "bin/python"


def statements(key, recorded):
    """What a peer runs for a call: the service's own statements, with the places of workspace and arguments in them."""
    tools, check = {}, None
    for name, arguments, (opening, *rest) in recorded:
        if len(rest) != 1:
            raise Failure(f"{name} runs {len(rest)} statements; the peers know calls with one.")
        if opening.authenticates:
            check = opening.text
        places = {f"'{key}'": "workspace", **{f"'{value}'": argument for argument, value in arguments.items()}}
        values = [rest[0].values[str(index + 1)] for index in range(len(rest[0].values))]
        tools.setdefault(name, {})[",".join(sorted(arguments))] = {
            "sql": rest[0].text,
            "parameters": [
                [places[value], None] if value in places else [None, None if value == "NULL" else value[1:-1]]
                for value in values
            ],
        }
    if check is None:
        raise Failure("No call has asked the database about its token.")
    return {"authenticate": check, "tools": tools}


class Peer:
    """A server that listens until it is stopped."""

    def __init__(self, name, service, command, port, environment=None):
        self.name = name
        self.origin = f"http://127.0.0.1:{port}"
        self.path = service.folder / f"{name}.log"
        with open(self.path, "ab") as log:
            self.process = subprocess.Popen(
                [str(word) for word in command], stdout=log, stderr=log, stdin=subprocess.DEVNULL,
                env={**os.environ, **(environment or {})}, start_new_session=True,
            )

    def post(self, path, fields, body):
        request = urllib.request.Request(self.origin + path, body, fields)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.read()

    def wait(self, path, fields, body):
        """The first answer. Whatever else happens, the peer is stopped."""
        try:
            return self.first_answer(path, fields, body)
        except BaseException:
            self.stop()
            raise

    def first_answer(self, path, fields, body):
        words = ""
        for _ in range(600):
            try:
                return self.post(path, fields, body)
            except urllib.error.HTTPError as error:
                words = f"It answers {error.code}: {error.read()[:400]}"
                break
            except OSError:
                if self.process.poll() is not None:
                    break
                time.sleep(0.1)
        raise Failure(f"The peer {self.name} does not serve. {words}\n{self.path.read_text()[-2000:]}")

    def stop(self):
        # All processes of the peer are of one group, its own.
        for kind in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(self.process.pid, kind)
            except ProcessLookupError:
                break
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                continue
        self.process.wait()


def python(name, service, requests, recorded):
    """A server in Python, with as many processes as there are cores."""
    workspace = requests.speaker.workspace
    facts = service.folder / f"statements-{requests.scenario.name}.json"
    facts.write_text(json.dumps(statements(workspace.key, recorded)))
    port = free_port()
    command = [
        environment(), "-m", "uvicorn", "--app-dir", HERE, f"{name}_server:app", "--port", port, "--workers",
        len(os.sched_getaffinity(0)), "--loop", "uvloop", "--http", "httptools", "--log-level", "warning",
        "--no-access-log", "--backlog", 4096,
    ]
    peer = Peer(name, service, command, port, {
        "PEER_DATABASE_URL": service.url("workport_app"), "PEER_STATEMENTS": str(facts),
        "PEER_PEPPER": service.pepper, "PEER_WORKSPACE": workspace.key, "PEER_PATH": workspace.path,
        "PEER_CONNECTIONS": str(CONNECTIONS), "PGOPTIONS": "-c search_path=public -c TimeZone=UTC",
        "FASTMCP_LOG_LEVEL": "ERROR", "PYTHONDONTWRITEBYTECODE": "1",
    })
    fields, body = requests.speaker.message(recorded[0][0], recorded[0][1])
    peer.wait(workspace.path, fields, body)
    try:
        for call, arguments, _ in recorded:
            same(service, peer, requests, call, arguments)
    except BaseException:
        peer.stop()
        raise
    return peer


def same(service, peer, requests, call, arguments):
    """A peer that answers with something else than the service does other work."""
    fields, body = requests.speaker.message(call, arguments)
    path = requests.speaker.workspace.path
    own, _ = service.post(path, fields, body)
    other = json.loads(peer.post(path, fields, body))
    calls.check(call, arguments, other)
    for key in ("item", "items"):
        if own["result"]["structuredContent"].get(key) != other["result"]["structuredContent"].get(key):
            raise Failure(f"{WORDS[peer.name]} answers {call} {arguments} with something else than the service.")


NGINX = """
daemon off;
worker_processes {cores};
pid {folder}/nginx.pid;
error_log {folder}/nginx-errors.log;
events {{ worker_connections 8192; }}
http {{
    access_log off;
    default_type application/json;
    keepalive_requests 1000000000;
    open_file_cache max=16;
    tcp_nodelay on;
    client_body_temp_path {folder}/nginx-body;
    proxy_temp_path {folder}/nginx-proxy;
    fastcgi_temp_path {folder}/nginx-fastcgi;
    uwsgi_temp_path {folder}/nginx-uwsgi;
    scgi_temp_path {folder}/nginx-scgi;
    server {{
        listen 127.0.0.1:{port} backlog=4096;
        root {folder}/nginx;
        # A file takes no POST; what is answered then is the file all the same.
        location / {{
            rewrite ^ /answer.json break;
            error_page 405 =200 /answer.json;
        }}
        location = /answer.json {{ internal; }}
    }}
}}
"""


def nginx(name, service, requests, recorded):
    """nginx, which returns the bytes of the service's own answer and does nothing else."""
    program = nginx_program()
    if not program:
        raise Failure("nginx is not installed; Debian's package is nginx-light. Leave it out with --peers.")
    speaker = requests.speaker
    (call,) = requests.mix
    fields, body = speaker.message(call, {})
    request = urllib.request.Request(service.origin + speaker.workspace.path, body, fields)
    with urllib.request.urlopen(request, timeout=30) as answer:
        expected = answer.read()
    folder, port = service.folder, free_port()
    (folder / "nginx").mkdir(exist_ok=True, mode=0o755)
    # Its workers are of another account when it is started by root.
    (folder / "nginx").chmod(0o755)
    (folder / "nginx/answer.json").write_bytes(expected)
    (folder / "nginx/answer.json").chmod(0o644)
    settings = folder / "nginx.conf"
    settings.write_text(NGINX.format(cores=len(os.sched_getaffinity(0)), folder=folder, port=port))
    peer = Peer(name, service, [program, "-c", settings, "-p", folder, "-e", folder / "nginx-errors.log"], port)
    if peer.wait(speaker.workspace.path, fields, body) != expected:
        peer.stop()
        raise Failure("nginx does not return the bytes of the service's answer.")
    return peer


START = {"fastmcp": python, "sdk": python, "nginx": nginx}


def nginx_program():
    """Debian keeps it where only root looks."""
    return shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin")


def is_there(name):
    """Whether a peer can be measured without installing anything for the whole machine."""
    return name != "nginx" or nginx_program() is not None


def versions():
    """What the peers in Python run on."""
    lines = (HERE / "requirements.txt").read_text().splitlines()
    return ", ".join(line for line in lines if line and not line.startswith("#"))
