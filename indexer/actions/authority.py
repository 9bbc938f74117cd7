"""Who acts: a member by role, a token by scope, or the system (a job, an operator's command)."""

from __future__ import annotations

from accounts.models import ApiToken, Project, User
from accounts.permissions import require
from core.actors import Actor

Who = User | ApiToken | Actor


def authorised(who: Who, verb: str, project: Project) -> Actor:
    """The actor to audit, after the role was checked; only `core.actors.system` needs no role."""
    if isinstance(who, Actor):
        return who
    require(who, verb, project)
    return who.actor
