#!/usr/bin/env python3
"""Checks the messages that servers sent in a run of the tests with a validator that is not ours.

    check.py MESSAGES ...

MESSAGES are the files that `WORKPORT_TEST_MESSAGES` named while the tests ran. Each line is a message with the revision
that the client spoke and, for a result, the method that it answers. `../Schemas` says what each has to look like.

It fails as well when some kind of message that this server has was not seen, and when a message that is made wrong, by
leaving out a member that is needed or adding one that is unknown, passes.
"""
import collections
import copy
import importlib.metadata
import itertools
import json
import pathlib
import sys

import jsonschema

SCHEMAS = pathlib.Path(__file__).parent.parent / "Schemas"
REVISIONS = ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25", "2026-07-28"]

# What no server of the tests sends, and why.
NOT_SENT = {
    "ping": "the server asks nobody whether they are there",
    "notifications/cancelled": "a question ends with its call, without a word",
    "notifications/tasks/status": "2025-11-25 has no tasks here",
    "notifications/elicitation/complete": "a page is not waited for",
}


class Schema:
    """The messages of one revision."""

    def __init__(self, revision):
        self.document = json.loads((SCHEMAS / f"{revision}.json").read_text())
        self.revision = revision
        self.validator = jsonschema.validators.validator_for(self.document)
        self.seen = collections.Counter()

    def mistakes(self, message, method):
        """What is wrong with a message."""
        try:
            parts = self.parts(message, method)
        except KeyError as error:
            return [f"the revision has no {error}"]
        for value, names in parts:
            found = [list(self.validate(value, name)) for name in names]
            if all(found):
                return [f"{names}: {mistake.json_path}: {mistake.message}" for mistake in min(found, key=len)]
        return []

    def parts(self, message, method):
        """Values with the definitions of which each has to fit one."""
        document = self.document
        if "method" in message:
            table = "requests" if "id" in message else "notifications"
            return [(message, [document[table][message["method"]]])]
        if "result" in message:
            return [(message, [document["response"]]), (message["result"], document["results"][method])]
        return [(message, [document["errors"][str(message.get("error", {}).get("code"))]])]

    def kind(self, message, method):
        if "method" in message:
            return message["method"]
        return method if "result" in message else str(message["error"]["code"])

    def validate(self, value, name):
        schema = {"$schema": self.document["$schema"], "$ref": f"#/$defs/{name}", "$defs": self.document["$defs"]}
        return self.validator(schema, format_checker=self.validator.FORMAT_CHECKER).iter_errors(value)

    def missing(self):
        """Kinds of messages that were not seen."""
        document = self.document
        kinds = {*document["results"], *document["notifications"], *document["errors"]}
        # Questions of the stateless era stand in results.
        if self.revision != "2026-07-28":
            kinds |= set(document["requests"])
        return sorted(kinds - set(self.seen) - set(NOT_SENT))


def broken(message):
    """The message with each of its needed members left out, and with members that no revision has."""
    content = "params" if "method" in message else "result" if "result" in message else "error"
    for name in ("jsonrpc", "id", content):
        # Some methods may have no parameters, and a request of which nothing was understood has no id.
        if name in message and not (name == "params" and message["method"].endswith(("list_changed", "roots/list"))):
            yield name, {key: value for key, value in message.items() if key != name}
    yield "an unknown member", message | {"unheard-of": 1}
    if content == "result":
        yield "an unknown member of the result", message | {"result": message["result"] | {"unheard-of": 1}}
        yield "a result that is a list", message | {"result": []}
    if content == "error":
        for name in ("code", "message"):
            yield name, message | {"error": {key: value for key, value in message["error"].items() if key != name}}


def main(paths):
    schemas = {revision: Schema(revision) for revision in REVISIONS}
    problems, counts, altered = [], collections.Counter(), 0
    for line in itertools.chain.from_iterable(pathlib.Path(path).read_text().splitlines() for path in paths):
        entry = json.loads(line)
        message, method, schema = entry["message"], entry["method"], schemas[entry["revision"]]
        counts[entry["revision"]] += 1
        mistakes = schema.mistakes(message, method)
        if mistakes:
            problems.append(f"{entry['revision']}: {mistakes} in {json.dumps(message)[:1000]}")
            continue
        kind = schema.kind(message, method)
        if not schema.seen[kind]:
            for what, wrong in broken(copy.deepcopy(message)):
                # Since then an error has no id where the request's cannot be read.
                if what == "id" and "error" in message and entry["revision"] >= "2025-11-25":
                    continue
                altered += 1
                if not schema.mistakes(wrong, method):
                    problems.append(f"{entry['revision']}: {kind}: passes although {what} is wrong")
        schema.seen[kind] += 1
    for revision, schema in schemas.items():
        if schema.missing():
            problems.append(f"{revision}: no such message was seen: {', '.join(schema.missing())}")
    for problem in problems:
        print(problem, file=sys.stderr)
    total = ", ".join(f"{revision} {counts[revision]}" for revision in REVISIONS)
    version = importlib.metadata.version("jsonschema")
    print(f"Messages checked with jsonschema {version}: {total}. {altered} that were made wrong were looked at, too.")
    return 1 if problems else 0


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1:]))
