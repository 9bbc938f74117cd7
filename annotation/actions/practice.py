"""Practise: begin a try, answer its items one by one, and be let in when enough are right."""

import random
from collections import Counter
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts.models import User
from core import audit
from core.errors import Refused

from ..active_time import of_practice
from ..models import AnnotatorProfile, Campaign, PracticeAnswer, PracticeTry, Qualification
from ..practice import Round, active_items, choices_of, needs_practice, read_round
from .profile import profile_of


def start_try(*, who: User, campaign: Campaign, draw: random.Random | None = None) -> PracticeTry:
    """The open try, or a new one: items this person has seen least come first, in a new order and on new sides."""
    draw = draw or random.SystemRandom()
    profile = profile_of(who=who, project=campaign.project)
    with transaction.atomic():
        AnnotatorProfile.objects.select_for_update(no_key=True).get(pk=profile.pk)
        if not needs_practice(profile, campaign):
            raise Refused(
                "practice_not_needed", _("There is nothing to practise here: the work is open to you.")
            )
        tries = list(PracticeTry.objects.filter(profile=profile, campaign=campaign).order_by("number"))
        if tries and tries[-1].ended_at is None:
            return tries[-1]
        seen = Counter(item for attempt in tries for item in attempt.items)
        items = active_items(campaign)
        draw.shuffle(items)
        items.sort(key=lambda item: seen[item.pk])
        chosen = items[: campaign.practice_asked]
        draw.shuffle(chosen)
        return PracticeTry.objects.create(
            project_id=campaign.project_id,
            campaign=campaign,
            profile=profile,
            number=len(tries) + 1,
            items=[item.pk for item in chosen],
            swapped=[draw.random() < 0.5 for _item in chosen],
            needs=min(campaign.practice_right, len(chosen)),
        )


def answer_practice(
    *,
    who: User,
    campaign: Campaign,
    item_id: UUID,
    choice: str,
    strength: int = 0,
    active_ms: int | None = None,
) -> Round:
    """Store one answer, about the item's own sides; the last one ends the try. The same item again changes nothing."""
    profile = profile_of(who=who, project=campaign.project)
    if choice not in choices_of(campaign.kind):
        raise Refused("choice_unknown", _("There is no such answer."))
    with transaction.atomic():
        attempt = (
            PracticeTry.objects.select_for_update()
            .filter(profile=profile, campaign=campaign)
            .order_by("-number")
            .first()
        )
        if attempt is None:
            raise Refused("practice_not_started", _("No practice round is open."), hint=_("Start one."))
        now = read_round(attempt)
        if item_id in now.answers:
            return now
        if item_id != now.current:
            raise Refused("practice_out_of_order", _("This practice item is not the next one."))
        right = campaign.practice_items.get(pk=item_id).right_choices
        PracticeAnswer.objects.create(
            practice=attempt,
            item_id=item_id,
            choice=choice,
            strength=strength,
            is_right=choice in right,
            active_ms=of_practice(active_ms, now),
        )
        now = read_round(attempt)
        if now.current is None:
            _end(who, now)
    return now


def _end(who: User, now: Round) -> None:
    attempt = now.attempt
    PracticeTry.objects.filter(pk=attempt.pk).update(ended_at=Now())
    attempt.refresh_from_db(fields=["ended_at"])
    if now.passed:
        Qualification.objects.get_or_create(
            campaign_id=attempt.campaign_id,
            profile_id=attempt.profile_id,
            defaults={"project_id": attempt.project_id, "practice": attempt},
        )
    audit.record(
        actor=who.actor,
        verb="annotation.practise",
        subject=attempt,
        project_id=attempt.project_id,
        data={"right": now.right, "of": len(attempt.items), "needed": attempt.needs, "passed": now.passed},
    )
    audit.emit(
        subject=attempt,
        name="practice.ended",
        project_id=attempt.project_id,
        from_state="open",
        to_state="passed" if now.passed else "failed",
    )
