"""A person's word on a quarantine hit: it stands, or it is cleared with a reason; an exact copy is cleared by two people."""

from __future__ import annotations

from collections.abc import Callable

from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts.models import ApiToken, User
from accounts.permissions import require
from core import audit
from core.errors import Refused
from curation.actions.rescreen import screen_versions
from curation.actions.screening import current_quarantine
from curation.models import Asset, ConversationVersion, HitRuling, Ruled, ScreeningHit

EXACT = "exact"
SHORTEST_REASON = 10


def rule_hit(*, who: User | ApiToken, hit: ScreeningHit, decision: str, reason: str = "") -> HitRuling:
    """Confirm or clear one item in one content. Raises Refused without a reason, or where a sealed row rests on it."""
    screening = hit.screening
    require(who, "curation.manage", screening.project)
    reason = reason.strip()[:1000]
    if decision == Ruled.CLEARED and len(reason) < SHORTEST_REASON:
        raise Refused("reason_missing", _("Say in a sentence why this may be trained on."))
    person = who.owner if isinstance(who, ApiToken) else who
    return _held(
        hit,
        lambda: HitRuling.objects.create(
            project=screening.project, content_hash=screening.content_hash, item=hit.item, decision=decision,
            reason=reason, two_people=decision == Ruled.CLEARED and _ever_exact(hit), ruled_by=person,
        ),
        who,
    )  # fmt: skip


def second_ruling(*, who: User | ApiToken, hit: ScreeningHit) -> HitRuling:
    """Agree to the clearing of an exact copy that another person asked for. Raises Refused where none waits."""
    screening = hit.screening
    require(who, "curation.manage", screening.project)
    person = who.owner if isinstance(who, ApiToken) else who

    def second() -> HitRuling:
        ruling = latest_ruling(hit)
        if ruling is None or not ruling.waits:
            raise Refused("nothing_to_second", _("No clearing waits for a second person here."))
        if ruling.ruled_by_id == person.pk:
            raise Refused("same_person", _("You cleared it; another lead has to agree."))
        HitRuling.objects.filter(pk=ruling.pk).update(seconded_by=person, seconded_at=Now())
        return HitRuling.objects.get(pk=ruling.pk)

    return _held(hit, second, who)


def latest_ruling(hit: ScreeningHit) -> HitRuling | None:
    """What holds of this item in this content."""
    return (
        HitRuling.objects.filter(
            project=hit.screening.project_id, content_hash=hit.screening.content_hash, item=hit.item_id
        )
        .select_related("ruled_by", "seconded_by")
        .order_by("-pk")
        .first()
    )


def _ever_exact(hit: ScreeningHit) -> bool:
    """Was this item ever a whole turn of this content, by any version's screening?"""
    return ScreeningHit.objects.filter(
        screening__project=hit.screening.project_id, screening__content_hash=hit.screening.content_hash,
        item=hit.item_id, method=EXACT,
    ).exists()  # fmt: skip


def _held(hit: ScreeningHit, change: Callable[[], HitRuling], who: User | ApiToken) -> HitRuling:
    """Change rulings with the quarantine locked, so that no screening of the same content is written in between."""
    project = hit.screening.project
    quarantine = current_quarantine(project)
    try:
        with transaction.atomic():
            Asset.objects.select_for_update().get(pk=quarantine.asset_id)
            ruling = change()
            audit.record(
                actor=who.actor, verb=f"quarantine.{ruling.decision}", subject=hit.screening, project_id=project.pk,
                data={"ruling": ruling.pk, "item": hit.item_id, "in_force": not ruling.waits, "reason": ruling.reason},
            )  # fmt: skip
            versions = ConversationVersion.objects.filter(
                project=project, content_hash=hit.screening.content_hash
            )
            screen_versions(quarantine, list(versions.values_list("pk", flat=True)))
    except IntegrityError as error:
        raise Refused(
            "ruling_rests",
            _("A sealed snapshot holds this content as clean under this quarantine version."),
            hint=_("Withdraw the snapshot; the ruling can be made after the next version of the quarantine."),
        ) from error
    return ruling
