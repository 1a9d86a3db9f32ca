"""Scenario files: what is called, how hard and for how long, as an operator writes it. See README.md for the keys."""

import pathlib
import tomllib

from calls import METHODS, TOOLS
from service import Failure

FOLDER = pathlib.Path(__file__).resolve().parent / "scenarios"
LOADS = ("closed", "open", "overload", "fairness")
PEERS = ("pgbench", "fastmcp", "sdk", "nginx")
# What the peers written in Python serve.
SERVED_BY_PEERS = ("getTaskDetails", "listWorkspaceTasks")


def whole(least, most):
    words = f"a whole number from {least:,} to {most:,}"
    return lambda value: type(value) is int and least <= value <= most, words


def number(least, most):
    words = f"a number from {least:,} to {most:,}"
    return lambda value: type(value) in (int, float) and least <= value <= most, words


def choice(*words):
    return lambda value: value in words, "one of " + ", ".join(words)


def several(kind):
    check, words = kind
    return lambda value: isinstance(value, list) and value and all(map(check, value)), f"a list, each {words}"


# The keys of a file: what each accepts, and its value if it is left out.
KEYS = {
    "title": ((lambda value: isinstance(value, str) and value.strip(), "a text"), ""),
    "load": (choice(*LOADS), "closed"),
    "mix": ((lambda value: isinstance(value, dict) and value, "a table of calls with their weights"), None),
    "era": (choice("stateless", "handshake"), "stateless"),
    "workspaces": (whole(1, 20), 1),
    "connections": (several(whole(1, 20_000)), [1, 16, 64, 256]),
    "seconds": (whole(1, 86_400), 3),
    "rounds": (whole(1, 100), 2),
    "peers": ((lambda value: isinstance(value, list) and all(peer in PEERS for peer in value),
               "a list of " + ", ".join(PEERS)), []),
    "rate": (number(0.1, 1_000_000), None),
    "rates": (several(number(0.1, 1_000_000)), None),
    "arrivals": (choice("poisson", "even"), "poisson"),
    "max_connections": (whole(1, 20_000), 4_000),
    "keep_alive": ((lambda value: type(value) is bool, "true or false"), True),
    "patience": (number(0.1, 3_600), 10),
    "capacity": (number(1, 1_000_000), None),
    "times": (several(number(0.1, 100)), [1, 2, 5, 10]),
    "flood": (number(0.1, 100), 10),
    "modest_rate": (number(0.1, 100_000), 50),
    "afterwards": (number(1, 600), 8),
    "slow_clients": (whole(0, 5_000), 0),
    "database_pause": (number(0, 60), 0),
    "short": ((lambda value: isinstance(value, dict), "a table of keys that hold with --short"), {}),
}
# The keys that only mean something with some loads.
ONLY_WITH = {
    "rate": ("open",), "rates": ("open",), "afterwards": ("overload",),
    "slow_clients": ("overload",), "database_pause": ("overload",), "times": ("overload",), "flood": ("fairness",),
    "modest_rate": ("fairness", "overload"), "capacity": ("overload", "fairness"),
    "arrivals": ("open", "overload", "fairness"), "patience": ("open", "overload", "fairness"),
    "max_connections": ("open", "overload", "fairness"), "keep_alive": ("open", "overload", "fairness"),
    "peers": ("closed",), "connections": ("closed",),
}
# What holds with --short where the file says nothing of it.
SHORT = {"connections": [64], "seconds": 1, "rounds": 1}


class Scenario:
    """One file. Its keys are attributes."""

    def __init__(self, path, short=False, overriding=None):
        self.path = path
        self.name = path.stem
        try:
            given = tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            raise Failure(f"{path} cannot be read: {error}.") from error
        except tomllib.TOMLDecodeError as error:
            raise Failure(f"{path} is no TOML: {error}.") from error
        for key, value in given.items():
            self.check(key, value)
        brief = given.pop("short", {})
        for key, value in brief.items():
            if key in ("short", "mix", "load", "title"):
                raise Failure(f"{path}: `short.{key}` cannot be told apart from `{key}`; leave it out.")
            self.check(key, value, "short.")
        values = {key: default for key, (_, default) in KEYS.items()} | given
        if short:
            values |= SHORT | brief
        self.__dict__.update(values | (overriding or {}))
        if "era" in (overriding or {}):
            # What cannot be in the era that was asked for stays out, or as it is.
            self.peers = [peer for peer in self.peers if peer not in ("fastmcp", "sdk")]
            self.era = values["era"] if "ping" in self.mix else self.era
        self.check_together(given | brief)

    def refuse(self, key, value, accepted):
        raise Failure(f"{self.path}: `{key}` is {value!r}; it can be {accepted}.")

    def check(self, key, value, prefix=""):
        if key not in KEYS:
            raise Failure(f"{self.path}: `{prefix}{key}` is no key of a scenario; the keys are {', '.join(KEYS)}.")
        accepts, words = KEYS[key][0]
        if not accepts(value):
            self.refuse(prefix + key, value, words)
        if key == "mix":
            for call, weight in value.items():
                if call not in (*TOOLS, *METHODS):
                    raise Failure(
                        f"{self.path}: `mix` names `{call}`, which cannot be called here; it can be "
                        + ", ".join((*TOOLS, *METHODS)) + "."
                    )
                if type(weight) is not int or not 0 < weight <= 1_000:
                    self.refuse(f"mix.{call}", weight, "a whole number from 1 to 1,000")

    def check_together(self, given):
        if not self.mix:
            raise Failure(f"{self.path}: `mix` is missing; it is a table of calls with their weights.")
        for key in given:
            if self.load not in ONLY_WITH.get(key, LOADS):
                kinds = " or ".join(f"`{load}`" for load in ONLY_WITH[key])
                raise Failure(f"{self.path}: `{key}` means nothing with `load` `{self.load}`, only with {kinds}.")
        if self.load == "open" and not self.rate and not self.rates:
            raise Failure(f"{self.path}: `rate` or `rates` is missing: calls a second in total.")
        if self.load == "fairness" and self.workspaces < 2:
            self.refuse("workspaces", self.workspaces, "2 or more where one of them floods")
        if self.era == "stateless" and "ping" in self.mix:
            self.refuse("era", self.era, "handshake where `mix` has ping")
        if "pgbench" in self.peers and (self.workspaces > 1 or not self.is_of_tools):
            self.refuse("peers", self.peers, "a list with pgbench only where one workspace calls nothing but tools")
        if {"fastmcp", "sdk"} & set(self.peers) and (
            self.workspaces > 1 or self.era != "stateless" or not set(self.mix) <= set(SERVED_BY_PEERS)
        ):
            self.refuse(
                "peers", self.peers,
                "a list with fastmcp and sdk only where one workspace calls nothing but "
                + " and ".join(SERVED_BY_PEERS) + " in the stateless era",
            )
        if "nginx" in self.peers and (len(self.mix) > 1 or self.is_of_tools):
            self.refuse("peers", self.peers, "a list with nginx only where `mix` is one of " + ", ".join(METHODS))

    @property
    def is_of_tools(self):
        return all(call in TOOLS for call in self.mix)

    @property
    def settings(self):
        """What held in the run: the keys that mean something with the load."""
        return {
            key: getattr(self, key) for key in KEYS
            if key not in ("title", "short") and self.load in ONLY_WITH.get(key, LOADS)
            and getattr(self, key) is not None
        }

    @property
    def offered(self):
        """The rates of an open load."""
        return self.rates or [self.rate]


def find(names, short=False, overriding=None):
    """The scenarios of the names or files given; all of the folder if none is."""
    if not names:
        paths = sorted(FOLDER.glob("*.toml"))
    else:
        paths = []
        for name in names:
            path = pathlib.Path(name) if name.endswith(".toml") else FOLDER / f"{name}.toml"
            if not path.is_file():
                known = ", ".join(sorted(path.stem for path in FOLDER.glob("*.toml")))
                raise Failure(f"{name} is no scenario; it can be a file that ends in .toml or one of {known}.")
            paths.append(path)
    found = [Scenario(path, short, overriding) for path in paths]
    for one in found:
        if sum(other.name == one.name for other in found) > 1:
            raise Failure(f"Two scenarios are called {one.name}; results are told by the file's name.")
    return found
