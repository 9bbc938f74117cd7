"""What one annotator may be given in one campaign: groups, languages, strata, warned-of material, never their own traces."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import Lower, Now, TruncDay

from accounts.models import User
from core.keyring import project_key
from core.privacy.surrogates import SurrogateKey, surrogate
from curation.ingest.redaction import SURROGATES

from .models import AnnotatorProfile, Assignment, Axis, Item, ProfileValue
from .rules import ANY_STRATUM, Rules

UNKNOWN = ("", "prefer not to say")
"""What is said on an axis that names no group."""


@dataclass(frozen=True, slots=True)
class Seeker:
    """One annotator as the queue sees them. `languages` and `strata` None: any.

    Strata are in lower case. `groups` are "axis=value", with "axis=" where nothing was said; `own` the surrogates this
    person may have as a user.
    """

    profile: AnnotatorProfile
    groups: Sequence[str] = ()
    languages: Sequence[str] | None = None
    strata: Sequence[str] | None = None
    not_strata: Sequence[str] = ()
    own: Sequence[str] = ()
    sensitive: bool = False


def seeker_of(profile: AnnotatorProfile, rules: Rules) -> Seeker | None:
    """The annotator in this campaign; None for people it asks nothing of: deactivated, or without its languages."""
    reads = [primary(one) for one in profile.languages]
    asked = {primary(one) for one in rules.eligibility.languages}
    if profile.deactivated_at is not None or (asked and asked.isdisjoint(reads)):
        return None
    return Seeker(
        profile=profile,
        groups=groups_of(profile) if rules.needs_groups else (),
        languages=reads if reads and rules.eligibility.match_language else None,
        strata=_strata(profile, rules),
        not_strata=[one for one in lower(rules.eligibility.expertise) if one not in lower(profile.expertise)],
        own=own_surrogates(profile),
        sensitive=_may_see_sensitive(profile, rules),
    )


Keep = Callable[[QuerySet[Item], Seeker], QuerySet[Item]]


def _not_own(items: QuerySet[Item], seeker: Seeker) -> QuerySet[Item]:
    return items.exclude(asked_by__overlap=list(seeker.own)) if seeker.own else items


def _not_barred(items: QuerySet[Item], seeker: Seeker) -> QuerySet[Item]:
    return items.exclude(barred__overlap=list(seeker.groups)) if seeker.groups else items


def _read(items: QuerySet[Item], seeker: Seeker) -> QuerySet[Item]:
    return items if seeker.languages is None else items.filter(language__in=["", *seeker.languages])


def _in_field(items: QuerySet[Item], seeker: Seeker) -> QuerySet[Item]:
    found = items.alias(field=Lower("stratum")).exclude(field__in=seeker.not_strata)
    return found if seeker.strata is None else found.filter(field__in=seeker.strata)


def _not_warned_of(items: QuerySet[Item], seeker: Seeker) -> QuerySet[Item]:
    return items if seeker.sensitive else items.filter(sensitive=False)


CONDITIONS: Mapping[str, Keep] = {
    "own": _not_own,
    "language": _read,
    "field": _in_field,
    "warned": _not_warned_of,
    "group": _not_barred,
}
SUITS = """
      AND (%(languages)s::text[] IS NULL OR i.language = '' OR i.language = ANY(%(languages)s::text[]))
      AND (%(strata)s::text[] IS NULL OR lower(i.stratum) = ANY(%(strata)s::text[]))
      AND lower(i.stratum) <> ALL(%(not_strata)s::text[])
      AND (%(sensitive)s OR NOT i.sensitive)
      AND NOT i.asked_by && %(own)s::varchar[]
"""
"""The conditions in the SQL of a claim, over an item `i`, with `asked_of` as parameters; groups apart, which it reads by `barred`."""


def suits(items: QuerySet[Item], seeker: Seeker) -> QuerySet[Item]:
    """Those of these items that the queue would give this annotator."""
    for keep in CONDITIONS.values():
        items = keep(items, seeker)
    return items


def why_not(item: Item, seeker: Seeker) -> str | None:
    """The condition that keeps this item from this annotator; None where nothing does."""
    this = Item.objects.filter(pk=item.pk)
    if suits(this, seeker).exists():
        return None
    return next(name for name, keep in CONDITIONS.items() if not keep(this, seeker).exists())


def asked_of(seeker: Seeker) -> dict[str, Any]:
    """The parameters of `SUITS`."""
    return {
        "languages": None if seeker.languages is None else list(seeker.languages),
        "strata": None if seeker.strata is None else list(seeker.strata),
        "not_strata": list(seeker.not_strata),
        "own": list(seeker.own),
        "sensitive": seeker.sensitive,
    }


def primary(language: str) -> str:
    """The language without its region: `pt` for `pt-BR` (BCP 47)."""
    return language.partition("-")[0].lower()


def groups_of(profile: AnnotatorProfile) -> list[str]:
    """One group per axis of the project, by what the person says now under the newest number they answered."""
    said = dict.fromkeys(
        Axis.objects.filter(project_id=profile.project_id).values_list("name", flat=True), ""
    )
    values = ProfileValue.objects.filter(profile=profile).order_by("axis__number")
    said.update(values.values_list("axis__name", "value"))
    return [f"{axis}={value}" for axis, value in said.items()]


def _strata(profile: AnnotatorProfile, rules: Rules) -> list[str] | None:
    wanted = lower(rules.eligibility.strata) or None
    if ANY_STRATUM in rules.eligibility.expertise:
        return [one for one in lower(profile.expertise) if wanted is None or one in wanted]
    return wanted


def lower(words: Iterable[str]) -> list[str]:
    """Domains are named as a lead likes, fields as people type them: case tells nothing apart."""
    return [word.lower() for word in words]


def own_surrogates(profile: AnnotatorProfile) -> list[str]:
    """The names traces would carry if this person had asked in production: by e-mail address, its first part, or id.

    Computed when asked and never stored; the keyed surrogates of traces are compared, no address leaves the process.
    """
    if profile.user is None or profile.simulated:
        return []
    key = project_key(profile.project_id, SURROGATES)
    keys = SurrogateKey(key.id, key.secret)
    return [surrogate("user", name, keys) for name in _names(profile.user)]


def _names(user: User) -> list[str]:
    return [user.email, user.email.partition("@")[0], str(user.pk)]


def _may_see_sensitive(profile: AnnotatorProfile, rules: Rules) -> bool:
    """Opted in, and under today's limit (UTC): the person's own or the campaign's, whichever is lower."""
    if not profile.sensitive_ok:
        return False
    most = min(rules.sensitive_per_day, profile.sensitive_per_day or rules.sensitive_per_day)
    today = Assignment.objects.filter(profile=profile, claimed_at__gte=TruncDay(Now()), item__sensitive=True)
    return today.exclude(state="released").count() < most
