"""Quarantine hits as people work through them: which nobody looked at, which wait for a second lead, and which comes next."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Project
from curation.drop_reasons import Words
from curation.models import AssetVersion, HitRuling, Ruled, Screening

ALL, OPEN, SECOND = "", "open", "second"
LOOKS: Mapping[str, Words] = {
    ALL: _("All"),
    OPEN: _("Nobody looked at them"),
    SECOND: _("Wait for a second lead"),
}


def hits_of(quarantine: AssetVersion, *, set_name: str = "", look: str = ALL) -> QuerySet[Screening]:
    """What this version caught, of one set and of one state where they are named; `ruled` says whether anybody looked."""
    found = Screening.objects.filter(
        project=quarantine.project_id, quarantine=quarantine, item__isnull=False
    ).annotate(ruled=Exists(_rulings_on_content()))
    if set_name:
        found = found.filter(hits__item__set_name=set_name).distinct()
    if look == OPEN:
        found = found.filter(ruled=False)
    elif look == SECOND:
        waits = waiting_for_a_second(quarantine.project)
        found = found.filter(content_hash__in=waits.values("content_hash"))
    return found


def waiting_for_a_second(project: Project) -> QuerySet[HitRuling]:
    """Word-for-word copies that one lead cleared: the last word on them, and in force only when another agrees."""
    later = _rulings_on_content().filter(item=OuterRef("item"), pk__gt=OuterRef("pk"))
    return HitRuling.objects.filter(
        ~Exists(later), project=project, decision=Ruled.CLEARED, two_people=True, seconded_by=None
    )


def neighbours(listed: QuerySet[Screening], one: Screening) -> tuple[int | None, int | None]:
    """The hits before and after one in a list that has the newest first."""
    keys = listed.values_list("pk", flat=True)
    before = keys.filter(pk__gt=one.pk).order_by("pk").first()
    after = keys.filter(pk__lt=one.pk).order_by("-pk").first()
    return before, after


def _rulings_on_content() -> QuerySet[HitRuling]:
    return HitRuling.objects.filter(project=OuterRef("project"), content_hash=OuterRef("content_hash"))
