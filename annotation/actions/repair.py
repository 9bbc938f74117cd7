"""Accept, fix or drop one answer. A fix is a new response, and a judged preference over the original."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final
from uuid import UUID, uuid4, uuid5

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Project, User
from core import audit
from core.errors import Refused
from curation.actions.cleaned import cleaned

from ..active_time import of_answer, of_change
from ..ballot import judgments_on
from ..choices import CLEAR, Choice, RepairChoice
from ..exchange import with_text
from ..filters import canonical
from ..models import (
    DECIDABLE,
    MADE_BY_A_FIX,
    Decision,
    Item,
    Judgment,
    JudgmentRevision,
    Pair,
    Repair,
    Response,
)
from .lock import lock_assignment
from .make_items import NewItem, fingerprint
from .project_decision import project_decision
from .read_first import require_read
from .responses import NewResponse, store_responses
from .revise import add_revision_of, lock_own_judgment
from .said import IN_FORCE, Said, Under, checked
from .submit import Submitted, record_answer, sent_before


@dataclass(frozen=True, slots=True)
class Cites:
    """What the turn should have done, the section of the policy that says so, and the versions on the screen."""

    act: str = ""
    section: str = ""
    under: Under = IN_FORCE


UNCITED: Final = Cites()


def submit_repair(
    *,
    who: User,
    project: Project,
    assignment_id: UUID,
    lease_token: UUID,
    key: UUID,
    choice: RepairChoice,
    text: str = "",
    tags: Collection[str] = (),
    rationale: str = "",
    active_ms: int | None = None,
    cites: Cites = UNCITED,
) -> Submitted:
    """Decide about one answer; `text` is the whole rewritten answer of a fix. The same `key` again changes nothing."""
    with transaction.atomic():
        assignment = lock_assignment(who=who, project=project, pk=assignment_id, lease_token=lease_token)
        repair = _repair_of(assignment.item)
        given = judgments_on(assignment.item, or_sent_as=key)
        if (again := sent_before(given, assignment, key)) is not None:
            return again
        require_read(assignment.profile, assignment.item.campaign)
        spent = of_answer(active_ms, assignment)
        said = _said(assignment.item, project, choice, tags, rationale, spent, cites)
        fix = _fix(repair, choice, text, project)
        done = record_answer(who=who, assignment=assignment, key=key, said=said, given=given, response=fix)
        if fix is not None and done.how == "counted" and done.judgment.counted:
            prefer_fix(who=who, repair=repair, fix=fix, by=done.judgment, said=said)
    return done


def revise_repair(
    *,
    who: User,
    project: Project,
    judgment_id: UUID,
    choice: RepairChoice,
    text: str = "",
    tags: Collection[str] = (),
    rationale: str = "",
    active_ms: int | None = None,
    cites: Cites = UNCITED,
) -> JudgmentRevision:
    """Decide otherwise; the pair an earlier fix made is closed unless somebody stands by that fix, a new fix makes its own."""
    with transaction.atomic():
        judgment = lock_own_judgment(who=who, project=project, pk=judgment_id)
        repair = _repair_of(judgment.item)
        require_read(judgment.profile, judgment.item.campaign)
        spent = of_change(active_ms, judgment)
        said = _said(judgment.item, project, choice, tags, rationale, spent, cites)
        fix = _fix(repair, choice, text, project)
        revision, changed = add_revision_of(who=who, judgment=judgment, said=said, response=fix)
        if changed and judgment.slot is not None and judgment.item.state in DECIDABLE:
            close_preferences(repair, keep=_standing_fixes(repair))
            if fix is not None:
                prefer_fix(who=who, repair=repair, fix=fix, by=judgment, said=said)
    return revision


def _repair_of(item: Item) -> Repair:
    if item.kind != "repair":
        raise Refused("not_a_repair", _("This item is a pair, not a repair."))
    return Repair.objects.select_related("response", "item").get(item=item)


def _said(
    item: Item,
    project: Project,
    choice: RepairChoice,
    tags: Collection[str],
    rationale: str,
    active_ms: int | None,
    cites: Cites,
) -> Said:
    return checked(
        campaign=item.campaign,
        project=project,
        choice=choice.value,
        strength=0,
        tags=tags,
        rationale=rationale,
        active_ms=active_ms,
        section=cites.section,
        act=cites.act,
        under=cites.under,
    )


def _fix(repair: Repair, choice: RepairChoice, text: str, project: Project) -> Response | None:
    """The rewritten answer as a response of its own; refused when nothing was rewritten."""
    if choice != RepairChoice.FIX:
        return None
    return written_fix(repair.response, text, project)


def written_fix(original: Response, text: str, project: Project) -> Response:
    """What a person rewrote, redacted, as a response of its own; refused when nothing was rewritten."""
    rewritten = cleaned(text.replace("\r\n", "\n").replace("\x00", "").strip(), project=project)
    if not rewritten or canonical(rewritten) == canonical(original.text):
        raise Refused(
            "nothing_fixed",
            _("The answer is unchanged."),
            hint=_("Change it, or accept it as it is, or drop it."),
        )
    new = NewResponse(
        version_id=original.version_id,
        origin="fix",
        generator="",
        messages=with_text(original.messages, rewritten),
        parent_id=original.pk,
        turn=original.turn,
    )
    return store_responses(project_id=project.pk, found=[new])[0]


def prefer_fix(*, who: User, repair: Repair, fix: Response, by: Judgment, said: Said) -> None:
    """fixed > original, as a decided pair with one vote of the person who wrote the fix first."""
    item, original = repair.item, repair.response
    new = NewItem(original.version_id, (fix, original), MADE_BY_A_FIX, 0.0)
    mark = fingerprint(item.project_id, new)
    same = Item.objects.filter(campaign_id=item.campaign_id, fingerprint=mark)
    existing = same.select_for_update(of=("self",)).first()
    if existing is not None:
        if existing.state == "closed":
            _say(existing, "closed", "decided")
            existing.state = "decided"
            existing.save(update_fields=["state"])
            project_decision(existing)
        return
    pair_item = Item.objects.create(
        id=uuid4(),
        project_id=item.project_id,
        campaign_id=item.campaign_id,
        kind="pair",
        version_id=original.version_id,
        backlog_item_id=item.backlog_item_id,
        fingerprint=mark,
        slots_asked=1,
        slots_left=0,
        state="decided",
        stratum=item.stratum,
        language=item.language,
        sensitive=item.sensitive,
        asked_by=item.asked_by,
        sampled=False,
    )
    Pair.objects.create(item=pair_item, response_a=fix, response_b=original, source=MADE_BY_A_FIX)
    judgment = _vote(pair_item, fix=fix, by=by, said=said)
    project_decision(pair_item)
    audit.record(
        actor=who.actor,
        verb="annotation.prefer_fix",
        subject=pair_item,
        project_id=item.project_id,
        data={"repair": str(item.pk), "judgment": str(judgment.pk)},
    )
    _say(pair_item, "", "decided")


def _vote(pair_item: Item, *, fix: Response, by: Judgment, said: Said) -> Judgment:
    """The one vote of a pair a fix makes: its author's, clearly for the fix, simulated if the author is."""
    judgment = Judgment.objects.create(
        project_id=pair_item.project_id,
        item=pair_item,
        profile_id=by.profile_id,
        slot=1,
        simulated=by.simulated,
        idempotency_key=uuid5(by.idempotency_key, str(fix.pk)),
    )
    JudgmentRevision.objects.create(
        project_id=pair_item.project_id,
        judgment=judgment,
        number=1,
        choice=Choice.A.value,
        strength=CLEAR,
        tags=list(said.tags),
        rationale=said.rationale,
    )
    return judgment


def close_preferences(repair: Repair, *, keep: Collection[UUID]) -> None:
    """Preferences for fixes of this answer other than those to keep count no longer; the votes stay."""
    stale = Item.objects.filter(
        campaign_id=repair.item.campaign_id,
        kind="pair",
        pair__source=MADE_BY_A_FIX,
        pair__response_b=repair.response,
    ).exclude(pair__response_a__in=keep)
    for item in stale.exclude(state="closed").order_by("pk").select_for_update(of=("self",)):
        _say(item, item.state, "closed")
        Decision.objects.filter(item=item).delete()
        Item.objects.filter(pk=item.pk).update(state="closed")


def _standing_fixes(repair: Repair) -> set[UUID]:
    """Fixes of this answer that somebody's counted word names last, here or on a pair, or that was decided on."""
    judged = Item.objects.filter(
        campaign_id=repair.item.campaign_id, repair__response=repair.response, state__in=DECIDABLE
    )
    latest = (
        JudgmentRevision.objects.filter(judgment__item__in=judged, judgment__slot__isnull=False)
        .order_by("judgment", "-number")
        .distinct("judgment")
    )
    decided = Decision.objects.filter(item__in=judged, adjudication__isnull=False)
    named = {*latest.values_list("response", flat=True), *decided.values_list("response", flat=True)}
    return {fix for fix in named if fix is not None}


def _say(item: Item, before: str, after: str) -> None:
    audit.emit(
        subject=item,
        name=f"item.{after}",
        project_id=item.project_id,
        from_state=before,
        to_state=after,
    )
