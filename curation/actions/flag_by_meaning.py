"""Flag kept questions that are near a held-out item in meaning: a rephrased item shares no words, so a person has to look.

Uses the vectors by which domains are given (the beginning of what was asked, of representatives), so a new quarantine version
costs the embedding of its new items and one product. Runs where the extra `embed` is; a flag drops nothing by itself.
"""

from __future__ import annotations

import uuid
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts.models import Project, User
from accounts.permissions import require
from core import audit, embedding
from core.errors import Refused
from core.vectors import unpack
from curation.actions.quarantine import SetFacts, publish_quarantine
from curation.actions.screening import current_quarantine
from curation.bodies import load_many
from curation.conversation import user_text
from curation.domain_vectors import model_name
from curation.held_out_files import QuarantineEntry
from curation.meaning import NEAR, VIEW_TOKENS
from curation.models import AssetVersion, DomainVector, FlagAnswer, MeaningCheck, MeaningFlag, QuarantineItem

if TYPE_CHECKING:
    from numpy.typing import NDArray

BATCH = 2000
LONGEST_ID = 128
REPHRASED = "found by meaning"


def flag_by_meaning(project: Project, *, limit: int = BATCH) -> int:
    """Compare up to `limit` questions with the items they were not compared with yet; how many were."""
    if not embedding.available():
        return 0
    quarantine, model = current_quarantine(project), model_name()
    if not quarantine.body.get("sets"):
        return 0
    done = MeaningCheck.objects.filter(project=project, model=model, number=quarantine.number)
    waiting = DomainVector.objects.filter(project=project, model=model).exclude(
        version__in=done.values("version")
    )
    kept = waiting.filter(version__curation__step="done", version__curation__drop_reason="")
    rows = list(kept.order_by("version_id").values_list("version_id", "vector")[:limit])
    if not rows:
        return 0
    before = dict(
        MeaningCheck.objects.filter(version__in=[key for key, _vector in rows], model=model).values_list(
            "version_id", "number"
        )
    )
    for after in sorted({before.get(key, 0) for key, _vector in rows}):
        some = [(key, bytes(vector)) for key, vector in rows if before.get(key, 0) == after]
        _compare(project, some, quarantine.pk, after, model)
    MeaningCheck.objects.bulk_create(
        [MeaningCheck(version_id=key, project=project, model=model, number=quarantine.number) for key, _vector in rows],
        update_conflicts=True, unique_fields=["version"], update_fields=["model", "number"],
    )  # fmt: skip
    return len(rows)


def _compare(
    project: Project, rows: list[tuple[uuid.UUID, bytes]], quarantine_id: int, after: int, model: str
) -> None:
    """Flag what is near one of the items that came after version number `after`: each question with its nearest item."""
    ids, vectors = _items(quarantine_id, after, model)
    if not ids:
        return
    cosines = unpack([vector for _key, vector in rows], embedding.DIMENSIONS) @ vectors.T
    nearest = cosines.argmax(axis=1)
    flags = [
        MeaningFlag(
            project=project, version_id=key, item_id=ids[at], model=model, score=round(float(row[at]), 4)
        )
        for (key, _vector), row, at in zip(rows, cosines, nearest.tolist(), strict=True)
        if row[at] >= NEAR
    ]
    MeaningFlag.objects.bulk_create(flags, ignore_conflicts=True)


@lru_cache(maxsize=4)
def _items(quarantine_id: int, after: int, model: str) -> tuple[list[int], NDArray[np.float32]]:
    """Ids and vectors of the prompts of a version beyond version number `after`, embedded as questions are."""
    version = AssetVersion.objects.get(pk=quarantine_id)
    items = QuarantineItem.objects.of(version).filter(version__number__gt=after).order_by("id")
    found = list(items.values_list("id", "text"))
    vectors = embedding.encode([text for _key, text in found], max_tokens=VIEW_TOKENS)
    return [key for key, _text in found], vectors


def _question(flag: MeaningFlag) -> str:
    """All that was asked, or what the trace keeps of it where its body is past its retention time."""
    stored = load_many([flag.version]).get(flag.version_id)
    said = user_text(stored.conversation).strip() if stored else ""
    return said or flag.version.topic or flag.version.prompt_preview


def answer_flag(*, who: User, flag: MeaningFlag, answer: str) -> MeaningFlag:
    """A person's word on a flag. "The same task" holds the question out too, so it and its near-duplicates are dropped."""
    require(who, "curation.manage", flag.project)
    if answer not in FlagAnswer.values:
        raise Refused("answer_unknown", _("The answer is one of: %s.") % ", ".join(FlagAnswer.values))
    with transaction.atomic():
        if not MeaningFlag.objects.filter(pk=flag.pk, answer="").update(
            answer=answer, answered_by=who, answered_at=Now()
        ):
            raise Refused("flag_answered", _("This flag was answered already."))
        audit.record(
            actor=who.actor, verb="quarantine.flag_answered", subject=flag, project_id=flag.project_id,
            data={"answer": answer, "item": flag.item_id},
        )  # fmt: skip
        if answer == FlagAnswer.SAME:
            key = f"{flag.item.set_name}/{flag.item.external_id}/{flag.pk}"[:LONGEST_ID]
            publish_quarantine(
                who=who, project=flag.project, items=[QuarantineEntry(REPHRASED, key, _question(flag))],
                facts=SetFacts(source="questions of this project"),
            )  # fmt: skip
    return MeaningFlag.objects.get(pk=flag.pk)
