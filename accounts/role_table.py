"""The role × verb table as Markdown: docs/roles.md carries it, and a test compares the two."""

from accounts.models import Role
from accounts.permissions import VERBS

BEGIN, END = "<!-- verbs: begin -->", "<!-- verbs: end -->"


def table() -> str:
    """One row per verb, one column per role."""
    head = "| verb | " + " | ".join(str(role.label) for role in Role) + " |"
    rule = "|---|" + ":-:|" * len(Role)
    rows = [
        f"| `{verb}` | " + " | ".join("yes" if role in allowed else "" for role in Role) + " |"
        for verb, allowed in VERBS.items()
    ]
    return "\n".join([head, rule, *rows])


def between_marks(document: str) -> str:
    """What stands between the marks of a document."""
    return document.split(BEGIN)[1].split(END)[0].strip()
