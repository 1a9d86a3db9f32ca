"""What is called: each tool alone, with arguments of its kind at random, and all of them mixed."""

import json
import random

COUNT = 4000
CLIENT = {"name": "loadtest", "version": "1"}
# How many of a hundred calls of the mix: what an assistant at work calls, reading far more than writing.
MIX = {
    "getTaskDetails": 40,
    "listWorkspaceTasks": 20,
    "searchWorkspaceTasks": 20,
    "listTaskComments": 12,
    "workspaceSummary": 5,
    "addCustomerComment": 3,
}


class Scenarios:
    """Makes requests from what the workspace holds, the same for the same data."""

    def __init__(self, service):
        # Words of one letter prove nothing about a customer, so the check refuses names that have no others.
        self.random = random.Random(1042)
        self.tasks = service.sql(
            f"""
            SELECT t.number, c.display_name, coalesce(c.phone, ''), t.title, t.status
            FROM tasks AS t JOIN contacts AS c ON c.workspace_id = t.workspace_id AND c.id = t.customer_id
            WHERE t.workspace_id = '{service.key}' AND t.deleted_at IS NULL AND c.display_name !~ '(^| ).( |$)'
            ORDER BY hashint8(t.number) LIMIT {COUNT}
            """
        )
        self.tasks = [[field.replace("\t", " ") for field in row] for row in self.tasks if row and row[0]]

    @property
    def names(self):
        return [*MIX, "mixed"]

    def arguments(self, tool):
        number, customer, phone, title, _ = self.random.choice(self.tasks)
        if tool == "getTaskDetails":
            return {"taskNumber": int(number)}
        if tool == "listTaskComments":
            return {"taskNumber": int(number)}
        if tool == "listWorkspaceTasks":
            return self.random.choice([{}, {"status": self.random.choice(["open", "in_progress", "done"])}])
        if tool == "searchWorkspaceTasks":
            digits = "".join(letter for letter in phone if letter.isdigit())[-7:]
            terms = [customer, customer.split()[-1], number, " ".join(title.split()[:2])]
            return {"query": self.random.choice(terms + ([digits] if len(digits) == 7 else []))}
        if tool == "addCustomerComment":
            return {
                "taskNumber": int(number),
                "comment": f"Please call me before you come, number {self.random.randrange(1_000_000)}.",
                "verification": {"taskNumber": int(number), "customerName": customer},
            }
        return {}

    def calls(self, scenario, count=COUNT):
        """Tool and arguments of `count` calls."""
        if scenario != "mixed":
            return [(scenario, self.arguments(scenario)) for _ in range(count)]
        # Exact shares in random order, so that a hundred calls are the mix as well.
        tools = [tool for tool, share in MIX.items() for _ in range(share)]
        chosen = []
        while len(chosen) < count:
            chosen += self.random.sample(tools, len(tools))
        return [(tool, self.arguments(tool)) for tool in chosen[:count]]


def body(tool, arguments, era):
    """One JSON-RPC request, as a client of the era sends it."""
    params = {"name": tool, "arguments": arguments}
    if era == "stateless":
        params["_meta"] = {
            "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientCapabilities": {},
            "io.modelcontextprotocol/clientInfo": CLIENT,
        }
    request = {"jsonrpc": "2.0", "id": 7, "method": "tools/call", "params": params}
    return json.dumps(request, ensure_ascii=False, separators=(",", ":"))
