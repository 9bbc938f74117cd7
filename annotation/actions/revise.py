"""Change one's own answer: a new revision, never an edit; the decision follows."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Project, User
from core import audit
from core.errors import NotFound, Refused

from ..active_time import of_change
from ..choices import Shown
from ..models import Item, Judgment, JudgmentRevision, Response
from ..sides import unswap
from ..spans import SpanGiven
from .profile import profile_of
from .project_decision import project_decision
from .read_first import require_read
from .said import IN_FORCE, Said, Under, checked
from .spans import checked_spans, spans_of
from .submit import add_revision


def lock_own_judgment(*, who: User, project: Project, pk: UUID) -> Judgment:
    """The judgment with its item locked; another person's vote looks like none."""
    profile = profile_of(who=who, project=project)
    judgment = (
        Judgment.objects.filter(project=project, profile=profile, pk=pk)
        .select_related("assignment", "profile")
        .first()
    )
    if judgment is None:
        raise NotFound("judgment_not_found", _("There is no such judgment of yours."))
    items = Item.objects.select_for_update(of=("self",)).select_related("campaign")
    judgment.item = items.get(pk=judgment.item_id)
    return judgment


def revise_judgment(
    *,
    who: User,
    project: Project,
    judgment_id: UUID,
    shown: Shown,
    tags: Collection[str] = (),
    rationale: str = "",
    active_ms: int | None = None,
    section: str = "",
    under: Under = IN_FORCE,
    spans: Sequence[SpanGiven] | None = None,
) -> JudgmentRevision:
    """Say something else about a pair; saying the same again changes nothing. Without `spans` its marks stay."""
    with transaction.atomic():
        judgment = lock_own_judgment(who=who, project=project, pk=judgment_id)
        if judgment.item.kind != "pair" or judgment.assignment is None:
            raise Refused("not_a_pair", _("This judgment is not about a pair that was shown to you."))
        require_read(judgment.profile, judgment.item.campaign)
        answer = unswap(shown, swapped=judgment.assignment.swapped)
        said = checked(
            campaign=judgment.item.campaign,
            project=project,
            choice=answer.choice.value,
            strength=answer.strength,
            tags=tags,
            rationale=rationale,
            active_ms=of_change(active_ms, judgment),
            section=section,
            under=under,
        )
        marks = (
            spans_of(judgment.revisions.order_by("-number")[0])
            if spans is None
            else checked_spans(assignment=judgment.assignment, given=spans)
        )
        return add_revision_of(who=who, judgment=judgment, said=replace(said, spans=marks))[0]


def add_revision_of(
    *, who: User, judgment: Judgment, said: Said, response: Response | None = None
) -> tuple[JudgmentRevision, bool]:
    """The revision that now holds, and whether it is new; the item is locked by the caller's transaction."""
    latest = judgment.revisions.order_by("-number")[0]
    fix = response.pk if response else None
    before = (latest.choice, latest.strength, tuple(latest.tags), latest.rationale, latest.response_id)
    after = (said.choice, said.strength, said.tags, said.rationale, fix)
    same = (*before, latest.section, latest.act) == (*after, said.section, said.act)
    if same and set(spans_of(latest)) == set(said.spans):
        return latest, False
    revision = add_revision(
        judgment, number=latest.number + 1, said=said, item=judgment.item, response=response
    )
    if judgment.slot is not None:
        project_decision(judgment.item)
    audit.record(
        actor=who.actor,
        verb="annotation.revise",
        subject=judgment,
        project_id=judgment.project_id,
        data={"item": str(judgment.item_id), "revision": revision.number},
    )
    audit.emit(
        subject=judgment,
        name="judgment.revised",
        project_id=judgment.project_id,
        from_state=str(latest.number),
        to_state=str(revision.number),
    )
    return revision, True
