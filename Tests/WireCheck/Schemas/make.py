#!/usr/bin/env python3
"""Makes the compact schemas beside this file from the published ones.

    make.py REVISION SCHEMA.json ...

SCHEMA.json is `schema/REVISION/schema.json` of https://github.com/modelcontextprotocol/modelcontextprotocol. A compact
schema says of each message that a server sends which definition it has to fit, and holds those definitions:

    results        method of the client's request → definitions of the `result`, of which one has to fit
    notifications  method → definition of the message
    requests       method → definition of the message (2026-07-28: of an entry of `inputRequests`)
    errors         code → definition of the message; another code is not sent in that revision

What only explains is dropped, and so is every definition that nothing here leads to. Objects that list their members
are closed, so that a member which a revision does not know is found, and what the published schema says in prose alone
is added in `tighten`.
"""
import json
import pathlib
import sys

PROSE = {"description", "title", "default", "deprecated", "examples", "$comment"}
# Keywords whose value is an object of schemas, and whose value is an array of schemas.
MAPS, LISTS = {"properties", "patternProperties", "$defs"}, {"anyOf", "oneOf", "allOf"}
# Members that hold what the protocol does not define.
OPEN = {"_meta", "inputSchema", "outputSchema", "error", "data"}

# What this server never answers: tasks of 2025-11-25, which it does not declare.
NOT_SERVED = {"tasks/get", "tasks/result", "tasks/list", "tasks/cancel"}
# A body that is not JSON has no id to answer to, and up to 2025-06-18 there is no error without one.
HANDSHAKE_CODES = [-32600, -32601, -32602, -32603, -32002]
CODES = {
    "2024-11-05": HANDSHAKE_CODES,
    "2025-03-26": HANDSHAKE_CODES,
    "2025-06-18": HANDSHAKE_CODES,
    "2025-11-25": [-32700, *HANDSHAKE_CODES, -32042],
    "2026-07-28": [-32700, -32600, -32601, -32602, -32603, -32020, -32021, -32022],
}
CODES_WITH_DATA = {
    -32042: "URLElicitationRequiredError", -32020: "HeaderMismatchError",
    -32021: "MissingRequiredClientCapabilityError", -32022: "UnsupportedProtocolVersionError",
}

# The extension io.modelcontextprotocol/tasks, which has no published schema; in the words of its text.
TASK = {
    "taskId": {"type": "string", "minLength": 1},
    "status": {"enum": ["working", "input_required", "completed", "failed", "cancelled"]},
    "statusMessage": {"type": "string"},
    "createdAt": {"type": "string", "format": "date-time"},
    "lastUpdatedAt": {"type": "string", "format": "date-time"},
    "ttlMs": {"type": ["integer", "null"], "minimum": 0},
    "pollIntervalMs": {"type": "integer", "minimum": 0},
}
NEEDED = ["taskId", "status", "createdAt", "lastUpdatedAt", "ttlMs"]
DETAILS = {
    "inputRequests": {"$ref": "#/$defs/InputRequests"},
    "result": {"$ref": "#/$defs/TaskPayload"},
    "error": {"$ref": "#/$defs/Error"},
}
# A task that asks says what, one that is done has its result, one that failed has its error, and no other has them.
BY_STATUS = [
    {
        "if": {"properties": {"status": {"const": status}}},
        "then": {"required": [member]},
        "else": {"properties": {member: False}},
    }
    for status, member in (("input_required", "inputRequests"), ("completed", "result"), ("failed", "error"))
]
META = {"_meta": {"$ref": "#/$defs/ResultMetaObject"}}
TASKS = {
    # Clients that check answers to tools/call by the core's schema look for `content`.
    "TaskCreated": {
        "type": "object", "required": ["resultType", *NEEDED], "additionalProperties": False,
        "properties": {"resultType": {"const": "task"}, "content": {"maxItems": 0}, **TASK, **META},
    },
    "TaskState": {
        "type": "object", "required": ["resultType", *NEEDED], "additionalProperties": False,
        "properties": {"resultType": {"const": "complete"}, **TASK, **DETAILS, **META}, "allOf": BY_STATUS,
    },
    # The result of the tool without what each result of the era has around it.
    "TaskPayload": {
        "type": "object", "required": ["content"], "additionalProperties": False,
        "properties": {
            "content": {"type": "array", "items": {"$ref": "#/$defs/ContentBlock"}},
            "isError": {"type": "boolean"}, "structuredContent": {}, "_meta": {"type": "object"},
        },
    },
    "TaskNotification": {
        "type": "object", "required": ["jsonrpc", "method", "params"], "additionalProperties": False,
        "properties": {
            "jsonrpc": {"const": "2.0"}, "method": {"const": "notifications/tasks"},
            "params": {
                "type": "object", "required": [*NEEDED, "_meta"], "additionalProperties": False,
                "properties": {**TASK, **DETAILS, "_meta": {"$ref": "#/$defs/NotificationMetaObject"}},
                "allOf": BY_STATUS,
            },
        },
    },
}


def compact(schema, is_open=False, in_all_of=False):
    """The schema without what explains, closed where it lists its members."""
    if not isinstance(schema, dict):
        return schema
    result = {}
    for key, value in schema.items():
        if key in PROSE:
            continue
        if key in MAPS:
            result[key] = {name: compact(inner, is_open or name in OPEN) for name, inner in value.items()}
        elif key in LISTS:
            result[key] = [compact(inner, is_open, in_all_of or key == "allOf") for inner in value]
        elif key in ("items", "additionalProperties"):
            result[key] = compact(value, is_open)
        elif key == "$ref":
            result[key] = value.replace("#/definitions/", "#/$defs/")
        else:
            result[key] = value
    if "properties" in result and "additionalProperties" not in result and not is_open and not in_all_of:
        result["additionalProperties"] = False
    return result


def tighten(revision, definitions):
    """Adds what the text of the protocol says and its schema does not."""
    members = {"_meta": definitions["Result"]["properties"]["_meta"]}
    if revision == "2026-07-28":
        for name, definition in definitions.items():
            if name.endswith("Result") and "resultType" in definition.get("properties", {}):
                definition["properties"]["resultType"] = {"const": "complete"}
        definitions["SubscriptionFilter"]["properties"]["taskIds"] = {"type": "array", "items": {"type": "string"}}
        asking = definitions["InputRequiredResult"]
        asking["properties"]["resultType"] = {"const": "input_required"}
        asking["anyOf"] = [{"required": ["inputRequests"]}, {"required": ["requestState"]}]
        definitions["InputRequests"]["minProperties"] = 1
        definitions["Result"] = {"type": "object", "required": ["resultType"]}
        members["resultType"] = {"const": "complete"}
        definitions.update(json.loads(json.dumps(TASKS)))
    # Nothing means nothing.
    definitions["EmptyResult"] = {"type": "object", "properties": members, "additionalProperties": False}
    if revision == "2026-07-28":
        definitions["EmptyResult"]["required"] = ["resultType"]
    # Up to 2025-06-18 a message is written down without its envelope.
    for name in names(definitions["ServerNotification"]) + names(definitions.get("ServerRequest", {"anyOf": []})):
        envelope = {"jsonrpc": {"const": "2.0"}}
        if name.endswith("Request"):
            envelope["id"] = {"$ref": "#/$defs/RequestId"}
        definition = definitions[name]
        definition["properties"] = envelope | definition["properties"]
        definition["required"] = sorted({*envelope, *definition["required"]})
    completion = definitions["CompleteResult"]["properties"]["completion"]["properties"]
    completion["values"]["maxItems"] = 100


def method(definition):
    return definition["properties"]["method"]["const"]


def names(union):
    return [part["$ref"].rsplit("/", 1)[1] for part in union.get("anyOf", [union])]


def tables(revision, definitions):
    """Which message has to fit which definition."""
    results = {}
    for name in names(definitions["ClientRequest"]):
        stem = name.removesuffix("Request")
        if method(definitions[name]) in NOT_SERVED:
            continue
        found = [f"{stem}Result" if f"{stem}Result" in definitions else "EmptyResult"]
        response = definitions.get(f"{stem}ResultResponse", {})
        if "InputRequiredResult" in json.dumps(response):
            found.append("InputRequiredResult")
        results[method(definitions[name])] = found
    asked = definitions.get("ServerRequest") or definitions["InputRequest"]
    requests = {method(definitions[name]): name for name in names(asked)}
    notifications = {method(definitions[name]): name for name in names(definitions["ServerNotification"])}
    plain = "JSONRPCErrorResponse" if "JSONRPCErrorResponse" in definitions else "JSONRPCError"
    errors = {str(code): CODES_WITH_DATA.get(code, plain) for code in CODES[revision]}
    if revision == "2026-07-28":
        results["tools/call"].append("TaskCreated")
        results |= {"tasks/get": ["TaskState"], "tasks/update": ["EmptyResult"], "tasks/cancel": ["EmptyResult"]}
        notifications["notifications/tasks"] = "TaskNotification"
    response = "JSONRPCResultResponse" if "JSONRPCResultResponse" in definitions else "JSONRPCResponse"
    return {
        "response": response, "results": results, "notifications": notifications,
        "requests": {name: found for name, found in requests.items() if name not in NOT_SERVED}, "errors": errors,
    }


def references(schema):
    if isinstance(schema, dict):
        for key, value in schema.items():
            if key == "$ref":
                yield value.rsplit("/", 1)[1]
            else:
                yield from references(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from references(value)


def reachable(roots, definitions):
    found, pending = set(), list(roots)
    while pending:
        name = pending.pop()
        if name not in found:
            found.add(name)
            pending += references(definitions[name])
    return {name: definitions[name] for name in sorted(found)}


def roots(table):
    yield table["response"]
    for found in table["results"].values():
        yield from found
    for name in ("notifications", "requests", "errors"):
        yield from table[name].values()


def make(revision, published):
    source = published.get("$defs") or published["definitions"]
    definitions = {
        name: compact(definition, is_open=name == "Error" or name.endswith("MetaObject"))
        for name, definition in source.items()
    }
    tighten(revision, definitions)
    table = tables(revision, definitions)
    return {
        "$comment": f"Made by make.py from the protocol's schema of {revision}; see README.md.",
        "$schema": published["$schema"], **table, "$defs": reachable(roots(table), definitions),
    }


def text(document):
    """JSON with one definition a line."""
    lines = []
    for key, value in document.items():
        if isinstance(value, dict):
            inner = ",\n".join(f"    {json.dumps(name)}: {json.dumps(part)}" for name, part in value.items())
            lines.append(f"  {json.dumps(key)}: {{\n{inner}\n  }}")
        else:
            lines.append(f"  {json.dumps(key)}: {json.dumps(value)}")
    return "{\n" + ",\n".join(lines) + "\n}\n"


def main(arguments):
    if not arguments or len(arguments) % 2:
        sys.exit(__doc__)
    for revision, path in zip(arguments[::2], arguments[1::2]):
        published = json.loads(pathlib.Path(path).read_text())
        target = pathlib.Path(__file__).with_name(f"{revision}.json")
        target.write_text(text(make(revision, published)))


if __name__ == "__main__":
    main(sys.argv[1:])
