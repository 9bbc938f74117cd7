"""Who asks for an act: a person, their token, or the product on its own behalf (a command, a job)."""

from __future__ import annotations

from accounts.actions.persons import person_behind
from accounts.models import ApiToken, Project, User
from accounts.permissions import require
from core.actors import Actor

Who = User | ApiToken | Actor


def allowed(who: Who, verb: str, project: Project) -> Actor:
    """Whom the audit names; refuses a person or token that may not. The product may."""
    if not isinstance(who, Actor):
        require(who, verb, project)
    return actor_of(who)


def actor_of(who: Who) -> Actor:
    """Whom the audit names."""
    return who if isinstance(who, Actor) else who.actor


def person_of(who: Who) -> User | None:
    """The person behind it, if there is one."""
    return None if isinstance(who, Actor) else person_behind(who)
