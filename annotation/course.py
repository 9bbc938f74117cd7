"""How a campaign is going for the lead who pays for it: cost so far and to the end, who is at work, what is stuck."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.core.cache import cache
from django.db.models import Count, Max, Q, QuerySet, Sum
from django.utils import timezone

from accounts.models import Membership

from .eligibility import lower, primary
from .models import AnnotatorProfile, Assignment, Campaign, Item, JudgmentRevision, PracticeAnswer
from .people_list import JUDGES
from .rules import ANY_STRATUM, Rules, read

MOST_SHOWN, MOST_CLASSES, MOST_SKIPPED = 20, 500, 2_000
CACHE_SECONDS = 120
MS_PER_HOUR = 3_600_000


@dataclass(frozen=True, slots=True)
class Cost:
    """Active hours and answers of real people, and what they cost; money is None where the campaign names no price."""

    hours: float
    answers: int
    so_far: float | None
    to_go: float | None
    currency: str

    @property
    def in_all(self) -> float | None:
        """What the whole campaign will have cost at this pace."""
        return None if self.so_far is None or self.to_go is None else self.so_far + self.to_go


@dataclass(frozen=True, slots=True)
class AtWork:
    """Somebody who holds an item now."""

    user: UUID
    name: str
    team: str
    since: datetime


@dataclass(frozen=True, slots=True)
class NoJudge:
    """Items that nobody here may be given, by what they ask."""

    stratum: str
    language: str
    sensitive: bool
    items: int


@dataclass(frozen=True, slots=True)
class Stuck:
    """What nobody will judge as things are: kinds of items without a judge, and items everybody passed on."""

    no_judge: Sequence[NoJudge] = ()
    passed_on: Sequence[UUID] = ()
    nobody_practised: bool = False

    @property
    def count(self) -> int:
        """Items, or 1 where nobody has passed the practice round."""
        return sum(one.items for one in self.no_judge) + len(self.passed_on) + self.nobody_practised

    def items(self) -> list[Item]:
        """The first of those everybody passed on."""
        return list(Item.objects.filter(pk__in=self.passed_on[:MOST_SHOWN]).select_related("version"))


def read_cost(campaign: Campaign, *, left: int) -> Cost:
    """Cost so far, and of the `left` answers still to come at the pace so far; practice is paid like work."""
    done = JudgmentRevision.objects.filter(
        judgment__item__campaign=campaign, judgment__assignment__isnull=False, judgment__simulated=False
    ).aggregate(ms=Sum("active_ms", default=0), answers=Count("pk", filter=Q(number=1)))
    practised = PracticeAnswer.objects.filter(
        practice__campaign=campaign, practice__profile__simulated=False
    ).aggregate(ms=Sum("active_ms", default=0))
    return cost_of(
        read(campaign.rules),
        work_ms=done["ms"],
        practice_ms=practised["ms"],
        answers=done["answers"],
        left=left,
    )


def cost_of(rules: Rules, *, work_ms: int, practice_ms: int, answers: int, left: int) -> Cost:
    """Times in milliseconds; the rest is as expensive as what was done, and unknown before anything was."""
    hours = (work_ms + practice_ms) / MS_PER_HOUR
    if rules.cost_per_hour is None and rules.cost_per_answer is None:
        return Cost(hours, answers, None, None, rules.currency)
    per_hour, per_answer = rules.cost_per_hour or 0.0, rules.cost_per_answer or 0.0
    so_far = hours * per_hour + answers * per_answer
    each = work_ms / MS_PER_HOUR / answers * per_hour + per_answer if answers else None
    to_go = 0.0 if left <= 0 else None if each is None else left * each
    return Cost(hours, answers, so_far, to_go, rules.currency)


def at_work(campaign: Campaign) -> list[AtWork]:
    """Who holds a running lease, latest first; as many as a board shows."""
    held = (
        Assignment.objects.filter(
            item__campaign=campaign,
            state="leased",
            leased_until__gt=timezone.now(),
            profile__user__isnull=False,
            profile__simulated=False,
        )
        .values("profile__user", "profile__user__name", "profile__user__email", "profile__team")
        .annotate(since=Max("claimed_at"))
        .order_by("-since")[:MOST_SHOWN]
    )
    return [
        AtWork(
            row["profile__user"],
            row["profile__user__name"] or row["profile__user__email"],
            row["profile__team"],
            row["since"],
        )
        for row in held
    ]


def read_stuck(campaign: Campaign) -> Stuck:
    """As of at most two minutes ago."""
    key = f"annotation.stuck.1.{campaign.pk}"
    kept = cache.get(key)
    if kept is None:
        kept = find_stuck(campaign)
        cache.set(key, kept, CACHE_SECONDS)
    return kept  # type: ignore[no-any-return]


def find_stuck(campaign: Campaign) -> Stuck:
    """A few queries, however many items wait: judges are compared with the kinds of items, not with each item."""
    if campaign.state != "open":
        return Stuck()
    rules, judges = read(campaign.rules), judges_at_hand(campaign)
    waiting = Item.objects.filter(campaign=campaign, role="work", waiting=True)
    kinds = (
        waiting.values("stratum", "language", "sensitive").annotate(n=Count("pk")).order_by("-n", "stratum")
    )
    without, suited = [], {}
    for row in kinds[:MOST_CLASSES]:
        kind = (row["stratum"], row["language"], row["sensitive"])
        suited[kind] = {one.pk for one in judges if suits(one, *kind, rules=rules)}
        if not suited[kind]:
            without.append(NoJudge(*kind, row["n"]))
    passed_on = _passed_on(waiting.filter(assignments__state="skipped"), suited)
    return Stuck(
        no_judge=without,
        passed_on=passed_on,
        nobody_practised=bool(campaign.practice_asked)
        and bool(judges)
        and not campaign.qualifications.filter(profile__in=judges).exists(),
    )


def _passed_on(skipped: QuerySet[Item], suited: Mapping[tuple[str, str, bool], set[UUID]]) -> list[UUID]:
    """Items on which everybody they suit has skipped or answered."""
    found = []
    candidates = list(skipped.distinct().order_by("pk")[:MOST_SKIPPED])
    touched: dict[UUID, set[UUID]] = {}
    rows = Assignment.objects.filter(item__in=candidates, state__in=["skipped", "submitted"])
    for item_id, profile in rows.values_list("item", "profile"):
        touched.setdefault(item_id, set()).add(profile)
    for item in candidates:
        judges = suited.get((item.stratum, item.language, item.sensitive))
        if judges and judges <= touched.get(item.pk, set()):
            found.append(item.pk)
    return found


def judges_at_hand(campaign: Campaign) -> list[AnnotatorProfile]:
    """People who are given work in this project and can still sign in."""
    here = Membership.objects.filter(project=campaign.project_id, role__in=JUDGES).values("user")
    return list(
        AnnotatorProfile.objects.filter(
            project=campaign.project_id, deactivated_at=None, user__in=here, user__is_active=True
        )
    )


def suits(profile: AnnotatorProfile, stratum: str, language: str, sensitive: bool, *, rules: Rules) -> bool:
    """Whether the queue would give this person such an item, groups and today's exposure apart."""
    fits = rules.eligibility
    reads = {primary(one) for one in profile.languages}
    asked = {primary(one) for one in fits.languages}
    if asked and asked.isdisjoint(reads):
        return False
    if fits.match_language and reads and language and primary(language) not in reads:
        return False
    field, experts = stratum.lower(), lower(fits.expertise)
    if fits.strata and field not in lower(fits.strata):
        return False
    if (ANY_STRATUM in experts or field in experts) and field not in lower(profile.expertise):
        return False
    return profile.sensitive_ok or not sensitive
