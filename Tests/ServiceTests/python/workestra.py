"""How an assistant with the profile `workestra` works: each of its tools once, with what earlier results brought.

No identifier, name or number is written here: they come from the rows that lists return, and words of choices from the
schemas that the server listed.
"""

import datetime
import json

import jsonschema


def days_from_now(days):
    return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=days)).strftime("%Y-%m-%d")


class Desk:
    """Calls of listed tools, each checked against what the list says of the tool."""

    def __init__(self, peer, listed):
        self.peer = peer
        self.tools = {tool["name"]: tool for tool in listed}
        self.called = []

    async def call(self, name, /, **arguments):
        """The structured content of a call that has to succeed."""
        tool = self.tools[name]
        jsonschema.validate(arguments, tool["inputSchema"])
        result = await self.peer.call(name, arguments)
        assert result.get("isError") is False, f"{name}: {result}"
        content = result["structuredContent"]
        jsonschema.validate(content, tool["outputSchema"])
        assert json.loads(result["content"][0]["text"]) == content, f"{name}: the text says something else"
        self.called.append(name)
        return content

    async def items(self, name, /, **arguments):
        """The rows of a list or a search, of which there has to be one."""
        items = (await self.call(name, **arguments))["items"]
        assert items, f"{name} {arguments} found nothing"
        return items

    async def item(self, name, /, **arguments):
        """The row that a call shows or has written."""
        if name.startswith("create_"):
            # Another run of this, in the other era, has just made the same.
            arguments["allow_duplicate"] = True
        return (await self.call(name, **arguments))["item"]

    async def figures(self, name, /, *members, **arguments):
        """A report, in which none of these members may be empty."""
        content = await self.call(name, **arguments)
        for member in members:
            assert content[member], f"{name} has nothing under {member}: {content}"
        return content

    def choices(self, name, parameter):
        return self.tools[name]["inputSchema"]["properties"][parameter]["enum"]


def first(rows, *members):
    """The first row that has all these members."""
    for row in rows:
        if all(row.get(member) for member in members):
            return row
    raise AssertionError(f"no row has {members}: {rows}")


def same(found, expected, what):
    assert found == expected, f"{what}: {found!r} instead of {expected!r}"


async def use_everything(peer, listed):
    """Calls every tool; returns the names of those that were called."""
    desk = Desk(peer, listed)
    contact, company, deal = await sell(desk)
    await plan(desk, contact, deal)
    await bill(desk, contact, company)
    await support(desk, contact)
    await work(desk, company, contact)
    await recruit(desk)
    await know(desk)
    await look_around(desk)
    await report(desk)
    await change_many(desk, contact, deal)
    return desk.called


async def sell(desk):
    deals = await desk.items("list_deals", status="open", limit=50)
    deal = first(deals, "contact", "company")
    same((await desk.item("get_deal", id=deal["id"]))["title"], deal["title"], "the deal")
    stages = await desk.items("list_pipeline_stages")
    stage = first([stage for stage in stages if not stage.get("is_won") and not stage.get("is_lost")], "id")
    await desk.figures("get_pipeline_summary", "stages", "totals")

    found = await desk.items("search_contacts", query=deal["contact"]["name"])
    assert deal["contact"]["id"] in [row["id"] for row in found], found
    contact = await desk.item("get_contact", id=deal["contact"]["id"], include=["tasks"])
    made = await desk.item("create_contact", first_name="Nora", last_name="Quill", type="lead", city=contact["city"])
    changed = await desk.call("update_contact", id=made["id"], job_title="Buyer", if_version=made["version"])
    same(changed["item"]["job_title"], "Buyer", "the changed contact")
    same((await desk.item("delete_contact", id=made["id"]))["id"], made["id"], "the deleted contact")

    found = await desk.items("search_companies", query=deal["company"]["name"])
    company = first(found, "id")
    company = await desk.item("get_company", id=company["id"], include=["contacts"])
    made = await desk.item("create_company", name="Quill Estates", parent=company["id"])
    changed = await desk.call("update_company", id=made["id"], industry="Housing", if_version=made["version"])
    same(changed["item"]["industry"], "Housing", "the changed company")

    value = {"amount": 125_000, "currency": deal["value"]["currency"]}
    made = await desk.item(
        "create_deal", title="Boiler for the annexe", value=value, stage=stage["id"], contact=contact["id"],
        company=company["id"], owner="me", expected_close_date=days_from_now(30),
    )
    changed = await desk.call("update_deal", id=made["id"], probability=35, if_version=made["version"])
    same(changed["item"]["probability"], 35, "the changed deal")
    return contact, company, made


async def plan(desk, contact, deal):
    activity = first(await desk.items("list_activities"), "id")
    same((await desk.item("get_activity", id=activity["id"]))["subject"], activity["subject"], "the activity")
    made = await desk.item(
        "create_activity", type=desk.choices("create_activity", "type")[0], subject="Ask about the annexe", owner="me",
        contact=contact["id"], deal=deal["id"], due_at=days_from_now(1),
    )
    done = await desk.item(
        "complete_activity", id=made["id"], outcome=desk.choices("complete_activity", "outcome")[0], note="Done.",
        if_version=made["version"],
    )
    same(done["status"], "completed", "the completed activity")


async def bill(desk, contact, company):
    invoice = first(await desk.items("list_invoices"), "number")
    same((await desk.item("get_invoice", id=invoice["number"]))["id"], invoice["id"], "the invoice")
    product = first(await desk.items("list_products"), "price")
    product = await desk.item("get_product", id=product["id"])
    currency, price = product["price"]["currency"], product["price"]["amount"]
    line = {"description": product["name"], "product": product["id"], "quantity": 2, "unit_price": price}
    document = {"contact": contact["id"], "company": company["id"], "currency": currency, "lines": [line]}
    made = await desk.item("create_invoice", **document)
    same(made["subtotal"], {"amount": 2 * price, "currency": currency}, "the sum of the invoice")
    await desk.figures("get_invoice_stats", "by_currency", "by_status")

    quotation = first(await desk.items("list_quotations"), "number")
    same((await desk.item("get_quotation", id=quotation["number"]))["id"], quotation["id"], "the quotation")
    made = await desk.item("create_quotation", title="Annexe", **document)
    same(made["subtotal"], {"amount": 2 * price, "currency": currency}, "the sum of the quotation")
    await desk.figures("get_quotation_stats", "by_currency", "by_status", "acceptance")


async def support(desk, contact):
    ticket = first(await desk.items("list_tickets", order="asc"), "number", "sla_state")
    full = await desk.item("get_ticket", id=ticket["number"])
    assert full["messages"], full
    made = await desk.item("create_ticket", title="No hot water", priority="high", contact=contact["id"])
    changed = await desk.call("update_ticket", id=made["id"], status="in_progress", if_version=made["version"])
    same(changed["item"]["status"], "in_progress", "the changed ticket")


async def work(desk, company, contact):
    project = first(await desk.items("list_projects"), "id")
    full = await desk.item("get_project", id=project["id"], include=["tasks"])
    assert full["members"] and full["tasks"], full
    task = first(await desk.items("list_tasks", project=project["id"]), "title")
    same(task["project"]["id"], project["id"], "the task's project")
    made = await desk.item("create_task", title="Measure the annexe", project=project["id"], customer=contact["id"])
    changed = await desk.call("update_task", id=made["id"], priority="urgent", if_version=made["version"])
    same(changed["item"]["priority"], "urgent", "the changed task")
    found = await desk.items("search_all", query=company["name"])
    assert company["id"] in [row["id"] for row in found], found


async def recruit(desk):
    job = first(await desk.items("list_jobs", status="open"), "id", "application_count")
    full = await desk.item("get_job", id=job["id"], include=["applications"])
    assert full["applications"], full
    candidates = await desk.items("list_candidates", job=job["id"], status="active")
    stages = desk.choices("update_application_status", "stage")
    # An application that has not come to its end, which are the last two stages.
    for candidate in candidates:
        full = await desk.item("get_candidate", id=candidate["id"])
        application = first(full["applications"], "stage")
        position = stages.index(application["stage"])
        if position < len(stages) - 2:
            break
    changed = await desk.call(
        "update_application_status", application_id=application["id"], stage=stages[position + 1],
        if_stage=stages[position], reason="Good talk.",
    )
    same(changed["item"]["stage"], stages[position + 1], "the application's stage")
    await desk.figures("get_recruiting_metrics", "funnel")


async def know(desk):
    document = first(await desk.items("list_knowledge_base", status="published"), "title")
    same((await desk.item("get_document", id=document["id"]))["title"], document["title"], "the document")
    found = await desk.call("search_knowledge_base", query=document["title"])
    same(found["items"][0]["id"], document["id"], "the best hit")
    same(found["mode"], "text", "the search that ran")
    suggestion = first(await desk.items("get_ai_suggestions"), "id", "evidence")
    said = await desk.item("acknowledge_suggestion", id=suggestion["id"], status="acknowledged", note="On it.")
    same(said["status"], "acknowledged", "the suggestion")
    rest = (await desk.call("get_ai_suggestions", limit=50))["items"]
    assert suggestion["id"] not in [row["id"] for row in rest], rest


async def look_around(desk):
    team = first(await desk.items("list_teams"), "members")
    member = first(await desk.items("list_team_members", team=team["id"]), "email")
    same((await desk.item("get_user", id=member["id"]))["email"], member["email"], "the member")
    # What this connection did itself is there already; an event of a read may come a moment later.
    entry = first(await desk.items("get_audit_log", action="create_ticket"), "tool", "changes")
    same(entry["outcome"], "ok", "the audit log")


async def report(desk):
    await desk.figures("get_crm_dashboard", "now", "in_period")
    await desk.figures("get_pipeline_analytics", "stages")
    await desk.figures("get_revenue_metrics", "revenue", "series", period="year")
    await desk.figures("get_sales_forecast", "forecast", "groups", compare=True)
    await desk.figures("get_support_metrics", "figures", "open", "series")
    await desk.figures("get_expense_summary", "totals", "groups", "by_status", period="year")
    await desk.figures("get_invoice_aging", "totals")


async def change_many(desk, contact, deal):
    changed = await desk.call("bulk_update_contacts", ids=[contact["id"]], set={"labels": ["annexe"]})
    same(changed["count"], 1, "contacts")
    changed = await desk.call(
        "bulk_update_deals", filter={"contact": contact["id"], "status": "open"},
        expect_count=len(await desk.items("list_deals", contact=contact["id"], status="open", limit=100)),
        set={"source": f"Annexe of {deal['title']}"},
    )
    assert changed["count"] >= 1, changed
