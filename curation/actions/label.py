"""A lead corrects a label: a new revision under their name, which the product never overtakes."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.db import connection, transaction

from accounts.models import ApiToken, User
from accounts.permissions import require
from core import audit
from core.errors import Refused
from curation.difficulty import Difficulty
from curation.kinds import Kind
from curation.models import ConversationVersion, CurationState, LabelRevision
from curation.sampling import SEPARATOR
from curation.strata import UNASSIGNED

AXES: dict[str, frozenset[str] | None] = {
    "domain": None,
    "difficulty": frozenset(Difficulty),
    "kind": frozenset(Kind),
    "language": None,
}
LONGEST = {"domain": 80, "difficulty": 16, "kind": 24, "language": 16}


def correct_label(
    *, who: User | ApiToken, version: ConversationVersion, axis: str, value: str
) -> LabelRevision:
    """Append a revision and show it on the state; saying what is said already changes nothing."""
    require(who, "curation.manage", version.project)
    value = " ".join(value.split())
    if not _is_label(axis, value):
        raise Refused("unknown_label", f"{value!r} is no value of {axis}.")
    person = who if isinstance(who, User) else who.owner
    with transaction.atomic():
        state = CurationState.objects.select_for_update().get(version=version)
        labels = LabelRevision.objects.filter(version=version, axis=axis)
        last = labels.order_by("-number").first()
        if last is not None and last.value == value and last.author_id is not None:
            return last
        number = last.number + 1 if last is not None else 1
        revision = LabelRevision.objects.create(
            project=version.project,
            version=version,
            axis=axis,
            number=number,
            value=value,
            source="person",
            author=person,
        )
        setattr(state, axis, value)
        if axis == "domain":
            state.domain_confidence = None
        if axis == "language":
            state.search_spec = 0  # its words are stemmed anew
        state.save(update_fields=[axis, "domain_confidence", "search_spec"])
        audit.record(
            actor=who.actor, verb="label.correct", subject=version, project_id=version.project_id,
            data={"axis": axis, "from": last.value if last else "", "to": value},
        )  # fmt: skip
    return revision


def show_words_of_people(versions: Sequence[uuid.UUID]) -> None:
    """Where people labelled a version before it was read (again), what they said holds, not what the product measured."""
    columns = ", ".join(f"{axis} = coalesce(n.{axis}, s.{axis})" for axis in AXES)
    chosen = ", ".join(f"max(value) FILTER (WHERE axis = '{axis}') AS {axis}" for axis in AXES)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            UPDATE curation_curationstate s SET {columns} FROM (
                SELECT version_id, {chosen} FROM (
                    SELECT DISTINCT ON (version_id, axis) version_id, axis, value FROM curation_labelrevision
                    WHERE version_id = ANY(%s) AND author_id IS NOT NULL ORDER BY version_id, axis, number DESC
                ) last GROUP BY version_id
            ) n
            WHERE s.version_id = n.version_id
            """,
            [list(versions)],
        )


def _is_label(axis: str, value: str) -> bool:
    """`unassigned` is what waits for a domain, so nobody can mean it; a name with the sign between axes names no stratum."""
    allowed = AXES.get(axis, frozenset())
    if not value or (allowed is not None and value not in allowed) or len(value) > LONGEST[axis]:
        return False
    return value != UNASSIGNED and SEPARATOR.strip() not in value and "\0" not in value
