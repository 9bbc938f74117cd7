"""Decide over votes that disagree: a new decision with its reason and its name; every vote stays as it was given."""

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from core import audit
from core.errors import Refused
from curation.actions.cleaned import cleaned

from ..adjudicators import require_adjudicator, within_reach
from ..choices import CLEAR, SLIGHT
from ..models import Adjudication, Assignment, Item, ItemRole, Judgment, JudgmentRevision, Pair, Repair
from .project_decision import project_decision
from .repair import close_preferences

LONGEST_REASON = 4_000
PAIR_OUTCOMES = ("a", "b", "tie", "both_bad", "cannot")
REPAIR_OUTCOMES = ("accepted", "fixed", "dropped")


@dataclass(frozen=True, slots=True)
class Ruling:
    """What holds from now on; strength 1 or 2 for a winner of a pair, `fix` names which fix of a repair is kept."""

    outcome: str
    strength: int = 0
    fix: UUID | None = None


def adjudicate(*, who: User, item: Item, ruling: Ruling, reason: str) -> Adjudication:
    """Store the ruling as the item's next decision. Who has voted on it, or holds it, does not decide over it."""
    require_adjudicator(who, item.project)
    said = cleaned(reason, project=item.project).strip()
    if not said or len(said) > LONGEST_REASON:
        raise Refused("reason_missing", _("Say why, in 1 to 4,000 characters."))
    with transaction.atomic():
        locked = Item.objects.select_for_update(of=("self",)).select_related("campaign").get(pk=item.pk)
        _require_decidable(who, locked)
        made = Adjudication.objects.create(
            project_id=locked.project_id,
            item=locked,
            number=locked.adjudications.count() + 1,
            outcome=ruling.outcome,
            strength=ruling.strength,
            response_id=_response(locked, ruling),
            reason=said,
            by=who,
        )
        project_decision(locked)
        if locked.kind == "repair":
            repair = Repair.objects.select_related("response", "item").get(item=locked)
            close_preferences(repair, keep=[ruling.fix] if ruling.fix else [])
        _close(locked)
        audit.record(
            actor=who.actor,
            verb="annotation.adjudicate",
            subject=locked,
            project_id=locked.project_id,
            data={"adjudication": str(made.pk), "number": made.number},
        )
    return made


def _require_decidable(who: User, item: Item) -> None:
    if item.role != ItemRole.WORK:
        raise Refused(
            "not_work", _("Gold and practice items have a right answer; nothing is decided over them.")
        )
    if item.state not in ("open", "decided"):
        raise Refused(
            "item_stopped",
            _("This item is reported or closed."),
            hint=_("Look at it and let people judge it again first."),
        )
    if not Judgment.objects.filter(item=item, slot__isnull=False).exists():
        raise Refused("nobody_judged", _("Nobody has judged this yet: there is nothing to decide over."))
    voted = Judgment.objects.filter(item=item, profile__user=who).exists()
    holds = Assignment.objects.filter(item=item, profile__user=who, state="leased").exists()
    if voted or holds:
        raise Refused(
            "own_vote",
            _("You have judged this yourself, or are about to."),
            hint=_("Leave it to somebody who has not."),
        )
    if not within_reach(Item.objects.filter(pk=item.pk), who=who, campaign=item.campaign).exists():
        raise Refused(
            "not_eligible",
            _(
                "This item is not of your languages or fields, shows your own conversation, or still waits for votes."
            ),
            hint=_("Leave it to somebody else."),
        )


def _response(item: Item, ruling: Ruling) -> UUID | None:
    """The answer that wins; refused where the ruling does not fit the item."""
    if item.kind == "pair":
        decided = ruling.outcome in ("a", "b")
        fits = ruling.strength in (SLIGHT, CLEAR) if decided else ruling.strength == 0
        if ruling.outcome not in PAIR_OUTCOMES or not fits or ruling.fix:
            raise Refused("ruling_unknown", _("Choose an answer first."))
        a, b = Pair.objects.values_list("response_a_id", "response_b_id").get(item=item)
        return {"a": a, "b": b}.get(ruling.outcome)
    if ruling.outcome not in REPAIR_OUTCOMES or ruling.strength:
        raise Refused("ruling_unknown", _("Accept, keep one of the fixes, or drop."))
    if ruling.outcome == "fixed":
        fixes = JudgmentRevision.objects.filter(judgment__item=item, choice="fix", response=ruling.fix)
        if ruling.fix is None or not fixes.exists():
            raise Refused("fix_unknown", _("Name one of the fixes people made of this answer."))
        return ruling.fix
    if ruling.fix:
        raise Refused("ruling_unknown", _("Accept, keep one of the fixes, or drop."))
    accepted = ruling.outcome == "accepted"
    return Repair.objects.values_list("response_id", flat=True).get(item=item) if accepted else None


def _close(item: Item) -> None:
    """What is decided is asked of nobody any more; answers under way still count."""
    if item.state == "open":
        Item.objects.filter(pk=item.pk).update(state="decided")
    audit.emit(
        subject=item,
        name="item.decided",
        project_id=item.project_id,
        from_state=item.state,
        to_state="decided",
        data={"adjudicated": True},
    )
