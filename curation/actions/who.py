"""Who asks for an act: a person, their token, or the product on its own behalf (a command, a job)."""

from __future__ import annotations

from accounts.models import ApiToken, Project, User
from accounts.permissions import require
from core.actors import Actor

Who = User | ApiToken | Actor


def allowed(who: Who, verb: str, project: Project) -> Actor:
    """Whom the audit names; refuses a person or token that may not. The product may."""
    if isinstance(who, Actor):
        return who
    require(who, verb, project)
    return who.actor


def person_of(who: Who) -> User | None:
    """The person behind it, if there is one."""
    if isinstance(who, Actor):
        return None
    return who.owner if isinstance(who, ApiToken) else who
