"""The work of a call as the peers do it: the token's check and the tool's statement, in one round trip.

The statements are those that the service itself ran for the same calls, handed over in a file. They run as the service's
role under the same policies: the check sets the workspace for the rest of the implicit transaction that a pipeline is.
Unlike the service, a peer writes no audit trail and reads no settings of the workspace.
"""

import base64
import hashlib
import hmac
import json
import os
import pathlib

from psycopg.adapt import Loader
from psycopg.raw_cursor import AsyncRawCursor
from psycopg_pool import AsyncConnectionPool

WORKSPACE = os.environ["PEER_WORKSPACE"]
PATH = os.environ["PEER_PATH"]
PEPPER = bytes.fromhex(os.environ["PEER_PEPPER"])
STATEMENTS = json.loads(pathlib.Path(os.environ["PEER_STATEMENTS"]).read_text())
UNTRUSTED = '"untrusted_fields":["item.comments[].body","item.all_comments[].body"]'
PAGE = 20


class Refused(Exception):
    """A call that is not to be served, in words for the caller."""


class JSONText(Loader):
    """Leaves what the database made as text: it goes out as it came, and is parsed once for the structured content."""

    def load(self, data):
        return bytes(data).decode()


async def configure(connection):
    connection.adapters.register_loader("json", JSONText)
    # Every statement is prepared when it is first used, and never dropped.
    connection.prepare_threshold = 0
    await connection.set_autocommit(True)


pool = AsyncConnectionPool(
    os.environ["PEER_DATABASE_URL"], min_size=int(os.environ["PEER_CONNECTIONS"]),
    max_size=int(os.environ["PEER_CONNECTIONS"]), open=False, configure=configure,
    kwargs={"cursor_factory": AsyncRawCursor}, timeout=60, max_waiting=0,
)


async def ask(tool, arguments, authorization):
    """The rows of a tool's statement for a caller whose token opens the workspace."""
    scheme, _, token = (authorization or "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Refused("A bearer token is missing.")
    digest = hmac.new(PEPPER, token.encode(), hashlib.sha256).digest()
    given = sorted(name for name, value in arguments.items() if value is not None)
    statement = STATEMENTS["tools"].get(tool, {}).get(",".join(given))
    if statement is None:
        raise Refused(f"{tool} cannot be called with these arguments.")
    values = [
        WORKSPACE if name == "workspace" else str(arguments[name]) if name else constant
        for name, constant in statement["parameters"]
    ]
    if pool.closed:
        await pool.open()
    async with pool.connection() as connection:
        async with connection.pipeline():
            verdict = await connection.execute(STATEMENTS["authenticate"], [WORKSPACE, digest, None])
            rows = await connection.execute(statement["sql"], values)
        answer = await verdict.fetchone()
        if answer is None or answer[0] != "ok":
            raise Refused("The token does not open the workspace.")
        return await rows.fetchall()


async def get_task_details(number, authorization):
    rows = await ask("getTaskDetails", {"taskNumber": number}, authorization)
    if len(rows) != 1:
        raise Refused(f"There is no task {number}.")
    return f'{{"item":{rows[0][0]},{UNTRUSTED}}}'


async def list_workspace_tasks(status, authorization):
    rows = await ask("listWorkspaceTasks", {"status": status}, authorization)
    text = '{"items":[' + ",".join(row[0] for row in rows[:PAGE]) + "]"
    if len(rows) > PAGE:
        position = "\t".join(rows[PAGE - 1][1:])
        text += f',"next_cursor":"{base64.urlsafe_b64encode(position.encode()).decode()}"'
    applied = {"filters": {"status": status} if status else {}, "sort": "updated_at desc"}
    return text + f',"applied":{json.dumps(applied)}}}'
