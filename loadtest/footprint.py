"""What a node costs before it does anything: from its start to its first answer, and memory, idle and with connections
at rest."""

import json
import os
import signal
import socket
import statistics
import subprocess
import time

from service import Failure, free_port, resident

STARTS = 5
CONNECTIONS = 2_000


def measure(service, request):
    """Starts `serve` on the service's database a few times, and opens connections to the last.

    `request` are the bytes of a call. Returns seconds, and bytes of resident memory.
    """
    starts = []
    for number in range(STARTS):
        port = free_port()
        mine = request.replace(service.origin.removeprefix("http://").encode(), f"127.0.0.1:{port}".encode())
        begin = time.monotonic()
        process = serve(service, port)
        try:
            call(port, mine, begin + 30).close()
            starts.append(time.monotonic() - begin)
            if number == STARTS - 1:
                time.sleep(1)
                idle = resident(process.pid)
                opened = [call(port, mine, time.monotonic() + 30) for _ in range(CONNECTIONS)]
                with_connections = resident(process.pid)
                for one in opened:
                    one.close()
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)
    return {
        "start_s": statistics.median(starts), "idle_bytes": idle, "connections": CONNECTIONS,
        "connection_bytes": (with_connections - idle) / CONNECTIONS,
    }


def serve(service, port):
    secrets = json.loads((service.folder / "data/secrets.json").read_text())
    environment = {
        **os.environ, "WORKPORT_DATABASE_URL": service.url("workport_app"),
        "WORKPORT_TOKEN_PEPPER": secrets["pepper"], "WORKPORT_SEAL_KEYS": "1:" + secrets["seal_key"],
    }
    return subprocess.Popen(
        [str(service.program), "serve", "--port", str(port), "--log-level", "warning"],
        env=environment, stdout=subprocess.DEVNULL, stderr=service.log,
    )


def call(port, request, deadline):
    """A connection on which one call was answered well; tries again for as long as nobody listens."""
    while True:
        one = socket.socket()
        try:
            one.connect(("127.0.0.1", port))
            break
        except OSError as error:
            one.close()
            if time.monotonic() > deadline:
                raise Failure(f"`serve` does not listen: {error}.") from error
            time.sleep(0.002)
    one.sendall(request)
    answer = b""
    while b"\r\n\r\n" not in answer or len(answer) < length(answer):
        piece = one.recv(65_536)
        if not piece:
            raise Failure(f"`serve` ends a connection without an answer: {answer[:400]!r}.")
        answer += piece
    if not answer.startswith(b"HTTP/1.1 200"):
        raise Failure(f"`serve` refuses a call: {answer[:400]!r}.")
    return one


def length(answer):
    """How long a whole answer is whose head is there."""
    head, _ = answer.split(b"\r\n\r\n", 1)
    for line in head.split(b"\r\n"):
        if line.lower().startswith(b"content-length:"):
            return len(head) + 4 + int(line.split(b":")[1])
    raise Failure(f"An answer of `serve` has no length: {head[:400]!r}.")
