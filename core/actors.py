"""Who acts: a person, an API token, or the system itself (a job, a command)."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Actor:
    """The name under which an act is audited. `user_id` is the person behind it, where there is one."""

    kind: str
    id: str
    name: str
    user_id: str | None = None


def system(name: str) -> Actor:
    """The product acting on its own behalf, e.g. `system("curation")`."""
    return Actor(kind="system", id=name, name=name)
