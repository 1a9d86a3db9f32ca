"""What else goes wrong while the service has more to do than it can: slow clients, and a database that is slow."""

import socket
import subprocess
import threading
import time
import urllib.parse


class Trouble:
    """The troubles that a scenario asks for, from `with` to its end.

    `ended` is when the last of them was over, by the clock that all processes share; long ago if there was none.
    """

    def __init__(self, service, scenario, requests):
        self.service, self.scenario = service, scenario
        with open(requests.path, "rb") as file:
            self.request = file.read(int(file.readline()))
        self.isOver = threading.Event()
        self.threads, self.sockets, self.ended = [], [], 0

    def __enter__(self):
        tasks = []
        if self.scenario.slow_clients:
            tasks += [self.write_slowly, self.read_slowly]
        if self.scenario.database_pause:
            tasks.append(self.hold_tasks)
        self.threads = [threading.Thread(target=task, daemon=True) for task in tasks]
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.isOver.set()
        for thread in self.threads:
            thread.join()
            self.ended = time.monotonic()
        for one in self.sockets:
            one.close()

    def connect(self, receive=None):
        address = urllib.parse.urlsplit(self.service.origin)
        one = socket.socket()
        if receive:
            one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive)
        one.connect((address.hostname, address.port))
        self.sockets.append(one)
        return one

    def write_slowly(self):
        """Clients that send a request a few bytes at a time."""
        writers = [self.connect() for _ in range(self.scenario.slow_clients)]
        place = 0
        while not self.isOver.wait(0.25):
            piece = self.request[place : place + 4]
            place += 4
            for one in list(writers):
                try:
                    one.sendall(piece)
                except OSError:
                    # The service has given it up, as it may.
                    writers.remove(one)
            if not piece:
                place = 0

    def read_slowly(self):
        """Clients that ask once a second and take no answer."""
        readers = [self.connect(receive=4096) for _ in range(self.scenario.slow_clients)]
        for one in readers:
            one.setblocking(False)
        while not self.isOver.wait(1):
            for one in list(readers):
                try:
                    one.send(self.request)
                except BlockingIOError:
                    pass
                except OSError:
                    readers.remove(one)

    def hold_tasks(self):
        """A lock on the tasks, again and again: a call is answered when it is let go, and then it is taken again."""
        pause = self.scenario.database_pause
        script = f"BEGIN; LOCK TABLE tasks IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep({pause}); COMMIT;"
        while not self.isOver.is_set():
            subprocess.run(
                ["psql", self.service.url("postgres"), "-qXAt", "-v", "ON_ERROR_STOP=1", "-c", script],
                stdout=subprocess.DEVNULL, check=True,
            )
            time.sleep(0.01)
