"""Who else holds copies of a destroyed body: higher apps register what they do about it, nothing here knows them."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection

from django.apps import apps
from django.db import models

from accounts.models import Project, User
from curation.models import ConversationVersion

Follower = Callable[[User, Project, Collection[uuid.UUID], str], int]
_followers: dict[str, Follower] = {}


def follow_erasures(name: str, follower: Follower) -> None:
    """`follower(who, project, version ids, reason)` destroys its copies and says how many; called again it finds none."""
    _followers[name] = follower


def erase_copies(who: User, project: Project, versions: Collection[uuid.UUID], reason: str) -> dict[str, int]:
    """Every follower's count, by its name."""
    return {name: follower(who, project, versions, reason) for name, follower in _followers.items()}


def uses_of(versions: models.QuerySet[ConversationVersion]) -> list[tuple[str, int]]:
    """(what it is called, how many) of what other apps made from these versions: pairs, answers, rows."""
    found = []
    for relation in ConversationVersion._meta.get_fields(include_hidden=True):
        model = getattr(relation, "related_model", None)
        if (
            not isinstance(relation, models.ForeignObjectRel)
            or model is None
            or model._meta.app_label == "curation"
        ):
            continue
        name = relation.field.name
        count = apps.get_model(model._meta.label)._default_manager.filter(**{f"{name}__in": versions}).count()
        if count:
            found.append((str(model._meta.verbose_name_plural), count))
    return sorted(found)
