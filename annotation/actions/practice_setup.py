"""A lead sets a practice round up: picks or writes its items, says how many must be right, lets somebody in without."""

from collections.abc import Collection
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import require
from core import audit
from core.errors import Refused
from curation.actions.cleaned import cleaned

from ..models import AnnotatorProfile, Campaign, Item, ItemRole, PracticeItem, Qualification
from ..practice import active_items, choices_of, find_practice_item
from ..same_answers import known_as_gold

LONGEST, LONGEST_WHY = 20_000, 4_000
MOST_ASKED = 50


def pick_practice_item(
    *, who: User, campaign: Campaign, source: UUID, right: Collection[str], explanation: str
) -> PracticeItem:
    """An item people have decided becomes a practice item; one still judged would tell its answer to its judges.

    What gold shows is refused for the same reason: the explanation would give the gold answer away.
    """
    require(who, "annotation.manage", campaign.project)
    item = Item.objects.filter(
        pk=source,
        project_id=campaign.project_id,
        kind=campaign.kind,
        role=ItemRole.WORK,
        state__in=["decided", "closed"],
    ).first()
    if item is None:
        raise Refused(
            "practice_source_open",
            _("Only an item that is decided and of the campaign's kind can be practised on."),
            hint=_("Pick another one, or write one."),
        )
    if Item.objects.filter(known_as_gold(), pk=item.pk).exists():
        raise Refused(
            "practice_source_gold",
            _("A gold item shows an answer of this item: its practice would tell what is right there."),
            hint=_("Pick another one, or write one."),
        )
    return _made(who, campaign, right=right, explanation=explanation, source=item)


def write_practice_item(
    *,
    who: User,
    campaign: Campaign,
    question: str,
    answer_a: str,
    answer_b: str,
    right: Collection[str],
    explanation: str,
) -> PracticeItem:
    """A practice item in a lead's own words; they pass the same redaction as everything people type."""
    require(who, "annotation.manage", campaign.project)
    texts = {
        "question": question,
        "answer_a": answer_a,
        "answer_b": answer_b if campaign.kind == "pair" else "",
    }
    clean = {name: _readable(text) for name, text in texts.items()}
    needed = [name for name in clean if name != "answer_b" or campaign.kind == "pair"]
    if not all(clean[name] for name in needed) or max(map(len, clean.values())) > LONGEST:
        raise Refused(
            "practice_item_incomplete",
            _("A practice item has a question and its answers, each of at most %(n)d characters.")
            % {"n": LONGEST},
        )
    done = {name: cleaned(text, project=campaign.project) for name, text in clean.items()}
    return _made(who, campaign, right=right, explanation=explanation, **done)


def _made(
    who: User, campaign: Campaign, *, right: Collection[str], explanation: str, **what: object
) -> PracticeItem:
    known = choices_of(campaign.kind)
    why = _readable(explanation)
    if not right or not set(right) <= set(known) or not why or len(why) > LONGEST_WHY:
        raise Refused(
            "practice_not_explained",
            _("Say which answers are right, and why in at most %(n)d characters.") % {"n": LONGEST_WHY},
        )
    try:
        with transaction.atomic():
            made = PracticeItem.objects.create(
                project_id=campaign.project_id,
                campaign=campaign,
                right_choices=[choice for choice in known if choice in right],
                explanation=cleaned(why, project=campaign.project),
                created_by=who,
                **what,
            )
            audit.record(
                actor=who.actor,
                verb="annotation.add_practice_item",
                subject=made,
                project_id=campaign.project_id,
                data={"campaign": str(campaign.pk), "right": made.right_choices},
            )
    except IntegrityError as error:
        raise Refused("practice_item_exists", _("This item is in the practice round already.")) from error
    return made


def retire_practice_item(*, who: User, campaign: Campaign, item_id: UUID) -> None:
    """No new try asks it; tries that hold it go on. Refused while the round needs it."""
    require(who, "annotation.manage", campaign.project)
    with transaction.atomic():
        locked = Campaign.objects.select_for_update(no_key=True).get(pk=campaign.pk)
        item = find_practice_item(locked, item_id)
        if len(active_items(locked)) <= locked.practice_asked:
            raise Refused(
                "practice_item_needed",
                _("The round asks %(n)d items and has no more.") % {"n": locked.practice_asked},
                hint=_("Add another one first, or ask fewer."),
            )
        PracticeItem.objects.filter(pk=item.pk).update(retired_at=Now())
        audit.record(
            actor=who.actor,
            verb="annotation.retire_practice_item",
            subject=item,
            project_id=campaign.project_id,
        )


def set_practice(*, who: User, campaign: Campaign, asked: int, right: int) -> Campaign:
    """How many items a try asks and how many must be right; 0 and 0 is no practice. Who has passed stays in."""
    require(who, "annotation.manage", campaign.project)
    with transaction.atomic():
        locked = Campaign.objects.select_for_update(no_key=True).get(pk=campaign.pk)
        here = len(active_items(locked))
        if not 0 <= asked <= MOST_ASKED or (not 1 <= right <= asked if asked else right):
            raise Refused(
                "practice_out_of_range",
                _("A try asks up to %(n)d items, and at least one of them must be right.")
                % {"n": MOST_ASKED},
            )
        if asked > here:
            raise Refused(
                "practice_items_missing",
                _("A try of %(asked)d items needs as many; there are %(here)d.")
                % {"asked": asked, "here": here},
                hint=_("Add practice items first."),
            )
        before = {"asked": locked.practice_asked, "right": locked.practice_right}
        after = {"asked": asked, "right": right}
        if before != after:
            Campaign.objects.filter(pk=locked.pk).update(practice_asked=asked, practice_right=right)
            audit.record(
                actor=who.actor,
                verb="annotation.set_practice",
                subject=locked,
                project_id=locked.project_id,
                data={"before": before, "after": after},
            )
    locked.refresh_from_db()
    return locked


def grant_qualification(*, who: User, campaign: Campaign, profile: AnnotatorProfile) -> bool:
    """Let somebody work without the round, under the lead's name; False if they are in already."""
    require(who, "annotation.manage", campaign.project)
    if profile.project_id != campaign.project_id:
        raise Refused("annotator_elsewhere", _("This annotator belongs to another project."))
    with transaction.atomic():
        _row, made = Qualification.objects.get_or_create(
            campaign=campaign,
            profile=profile,
            defaults={"project_id": campaign.project_id, "granted_by": who},
        )
        if made:
            audit.record(
                actor=who.actor,
                verb="annotation.grant_qualification",
                subject=profile,
                project_id=campaign.project_id,
                data={"campaign": str(campaign.pk)},
            )
    return made


def _readable(text: str) -> str:
    """Text PostgreSQL can hold, with the line ends of Unix."""
    return text.replace("\x00", "").replace("\r\n", "\n").encode("utf-8", "replace").decode("utf-8").strip()
