"""A lead corrects a label: a new revision under their name, which the product never overtakes."""

from __future__ import annotations

from django.db import transaction

from accounts.models import ApiToken, User
from accounts.permissions import require
from core import audit
from core.errors import Refused
from curation.difficulty import Difficulty
from curation.kinds import Kind
from curation.models import ConversationVersion, CurationState, LabelRevision

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
    allowed = AXES.get(axis, frozenset())
    if not value or (allowed is not None and value not in allowed) or len(value) > LONGEST[axis]:
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
