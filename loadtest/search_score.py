"""What is a right answer to a query, and the figures that follow: recall, false positives, noise."""

import collections
import re
import unicodedata

SPECIAL = str.maketrans({"ß": "ss", "ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ı": "i"})
# The groups whose mean is the overall figure, by how their classes begin.
GROUPS = {
    "name": ("name_", "company"), "phone": ("phone_",), "exact id": ("email_", "number"), "text": ("text_",),
}
# Classes whose answer is certain: what else is returned is noise.
CERTAIN = ("phone_format", "email_exact", "number", "name_exact")


def words(text):
    text = unicodedata.normalize("NFKD", text).casefold()
    text = "".join(c for c in text if not unicodedata.combining(c)).translate(SPECIAL)
    return re.findall(r"[^\W_]+", text)


def digits(text):
    return "".join(str(unicodedata.digit(c)) for c in text if c.isdigit())


def stem(word):
    for ending, instead in (("ies", "y"), ("ing", ""), ("ed", ""), ("es", ""), ("s", "")):
        if word.endswith(ending) and len(word) - len(ending) >= 3 and not word.endswith("ss"):
            word = word[: -len(ending)] + instead
            break
    return word[:-1] if len(word) > 3 and word[-1] in "ey" else word


def group(name):
    if name.startswith(("info_", "neg_")):
        return "info" if name.startswith("info_") else "negative"
    return next(key for key, starts in GROUPS.items() if name.startswith(starts))


class Judge:
    """Knows the customers of a corpus, so that a namesake of the one who is meant is right as well."""

    def __init__(self, tasks):
        self.customers = {}
        for task in tasks:
            self.customers.setdefault(task["customer_id"], task)

    def is_right(self, name, query, rule, task):
        kind, _, fact = rule.partition(":")
        if kind.startswith("customer"):
            return self.is_customer(name, kind, words(query), self.customers[fact], task)
        if kind.startswith("phone"):
            return is_phone(kind, fact, digits(query), task)
        if kind.startswith("email"):
            return is_email(kind, fact, query, task["email"].lower())
        if kind == "number":
            return task["task_number"] == fact
        return has_text(name, kind, fact, words(query), task)

    @staticmethod
    def is_customer(name, kind, asked, meant, task):
        if task["customer_id"] == meant["customer_id"]:
            return True
        theirs, own = words(task["customer_name"]), words(meant["customer_name"])
        if name.startswith("company"):
            company = words(task["company"])
            return bool(company) and company[:2] == words(meant["company"])[:2] or sorted(company) == sorted(asked)
        if theirs == own or sorted(theirs) == sorted(asked):
            return True
        if name == "name_city":
            return words(task["city"]) == words(meant["city"]) and theirs[1:] == own[1:]
        if len(theirs) < 2:
            return False
        if kind == "customer_prefix":
            return all(x in theirs for x in asked[:-1]) and any(x.startswith(asked[-1]) for x in theirs[1:])
        if kind == "customer_initial":
            return asked[-1] in theirs and any(x.startswith(asked[0]) for x in theirs)
        return False


def is_phone(kind, fact, typed, task):
    numbers = [digits(number) for number in task["phones"].split(";")]
    if task["task_number"] == typed:
        return True
    if kind == "phone":
        core = typed.lstrip("0")
        return fact in numbers or (len(core) >= 4 and any(number.endswith(core) for number in numbers))
    if any(number.endswith(fact) for number in numbers):
        return True
    return kind == "phone_national_starts" and any(number[k:].startswith(fact) for number in numbers for k in (1, 2, 3))


def is_email(kind, fact, query, address):
    if kind == "email":
        return address == fact or (address != "" and address == query.strip().lower().removeprefix("mailto:"))
    if kind == "email_local":
        return address.split("@")[0] == fact
    return address.endswith("@" + fact)


def has_text(name, kind, fact, asked, task):
    columns = ("customer_name", "company", "city", "email", "title", "description", "comment")
    there = set(words(" ".join(task[column] for column in columns)))
    if all(word in there for word in asked):
        return True
    if kind == "words":
        return all(word in there for word in fact.split())
    number, _, needed = fact.partition(":")
    if task["task_number"] == number:
        return True
    if kind == "task_words":
        return all(word in there for word in needed.split())
    if all(word in there for word in asked[:-1]) and any(word.startswith(asked[-1]) for word in there):
        return True
    if name == "text_drop":
        return sum(word in there for word in asked) >= len(asked) - 1
    if name == "text_inflection":
        return all(stem(word) in {stem(x) for x in there} for word in asked)
    return False


def score(queries, judge, tasks, answers):
    """Figures by class and group, from the task numbers that each query was answered with, the best first."""
    tally = collections.defaultdict(lambda: dict(n=0, first=0, ten=0, mrr=0.0, wrong=0.0, answered=0))
    for query in queries:
        row = tally[query["class"]]
        row["n"] += 1
        found = answers[query["query_id"]][:10]
        if query["rule"] == "none":
            row["first"] += bool(found)
            continue
        right = [
            number in tasks and judge.is_right(query["class"], query["query"], query["rule"], tasks[number])
            for number in found
        ]
        if found:
            row["answered"] += 1
            row["wrong"] += right.count(False) / len(right)
        if True in right:
            place = right.index(True)
            row["first"] += place == 0
            row["ten"] += 1
            row["mrr"] += 1 / (place + 1)
    groups = collections.defaultdict(lambda: dict(n=0, first=0, ten=0, mrr=0.0))
    for name, row in tally.items():
        for key in ("n", "first", "ten", "mrr"):
            groups[group(name)][key] += row[key]
    certain = [tally[name] for name in CERTAIN if name in tally]
    answered = sum(row["answered"] for row in certain)
    result = {"classes": {}, "groups": {}, "overall": {}}
    for name, row in sorted(tally.items()):
        if group(name) == "negative":
            result["classes"][name] = {"n": row["n"], "false_positive": row["first"] / row["n"]}
        else:
            result["classes"][name] = rates(row) | {"wrong": row["wrong"] / max(1, row["answered"])}
    for name, row in groups.items():
        result["groups"][name] = (
            {"n": row["n"], "false_positive": row["first"] / row["n"]} if name == "negative" else rates(row)
        )
    scored = [result["groups"][name] for name in GROUPS if name in result["groups"]]
    for key in ("r1", "r10", "mrr"):
        result["overall"][key] = sum(row[key] for row in scored) / max(1, len(scored))
    result["overall"]["false_positive"] = result["groups"].get("negative", {}).get("false_positive", 0)
    result["overall"]["noise"] = sum(row["wrong"] for row in certain) / answered if answered else 0
    return result


def rates(row):
    return {"n": row["n"], "r1": row["first"] / row["n"], "r10": row["ten"] / row["n"], "mrr": row["mrr"] / row["n"]}


def table(result):
    """The figures as text."""
    lines = [f"{'class':22} {'n':>5} {'R@1':>7} {'R@10':>7} {'MRR':>7} {'wrong':>7}"]

    def line(name, row):
        if "r1" not in row:
            return f"{name:22} {row['n']:5}   false positives {row['false_positive']:.4f}"
        wrong = f" {row['wrong']:7.3f}" if "wrong" in row else ""
        return f"{name:22} {row['n']:5} {row['r1']:7.3f} {row['r10']:7.3f} {row['mrr']:7.3f}{wrong}"

    lines += [line(name, row) for name, row in result["classes"].items()]
    lines += [""] + [line(name, row) for name, row in result["groups"].items()]
    lines += ["overall " + "  ".join(f"{key} {value:.4f}" for key, value in result["overall"].items())]
    return "\n".join(lines)
