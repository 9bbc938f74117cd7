"""Who stands behind some judgments: votes per pseudonym, the pull of a side, and the groups a published report shows."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import chain
from uuid import UUID

from django.db.models import QuerySet

from accounts.models import Project

from .axes import known_axes_of
from .bias import BinomialTest, against_a_fair_coin
from .choices import Choice
from .models import AxisRelease, JudgmentRevision
from .sequential import anytime_p, e_of_a_coin, mean
from .sides import left_was_chosen


@dataclass(frozen=True, slots=True)
class People:
    """Who stands behind some judgments of real people: votes per pseudonym, sides with their items per pseudonym, groups shown per axis."""

    votes: dict[UUID, int]
    left_taken: dict[UUID, list[tuple[UUID, bool]]]
    groups: dict[str, int]

    @property
    def left(self) -> BinomialTest | None:
        """The pull of a side on all of them together."""
        return against_a_fair_coin(chain.from_iterable(self.left_taken.values()))

    @property
    def one_sided(self) -> float:
        """p-value that nobody takes a side, not even one of many: what one does is lost among the votes of all."""
        own = ([left for _item, left in taken] for taken in self.left_taken.values())
        return anytime_p(mean(e_of_a_coin(sum(sides), len(sides)) for sides in own))


def people_behind(project: Project, revisions: QuerySet[JudgmentRevision]) -> People:
    """Groups come from published reports of the campaigns concerned alone: no choice of judgments filters people by group."""
    rows = revisions.filter(judgment__project=project, judgment__simulated=False).values_list(
        "judgment__profile_id",
        "choice",
        "judgment__assignment__swapped",
        "judgment__item__campaign_id",
        "judgment__item_id",
    )
    votes: Counter[UUID] = Counter()
    sides: dict[UUID, list[tuple[UUID, bool]]] = defaultdict(list)
    campaigns = set()
    for person, choice, swapped, campaign, item in rows:
        votes[person] += 1
        campaigns.add(campaign)
        shown = swapped is not None and choice in (Choice.A, Choice.B)
        left = left_was_chosen(Choice(choice), swapped=swapped) if shown else None
        if left is not None:
            sides[person].append((item, left))
    return People(dict(votes), dict(sides), _groups_shown(project, campaigns))


def _groups_shown(project: Project, campaigns: set[UUID]) -> dict[str, int]:
    found = {}
    for axis in known_axes_of(project.pk):
        latest = (
            AxisRelease.objects.filter(axis=axis, campaign__in=campaigns)
            .order_by("campaign", "-number")
            .distinct("campaign")
        )
        shown = {
            level["group"]
            for report in latest.values_list("report", flat=True)
            for levels in report["strata"].values()
            for level in levels
            if level["shown"]
        }
        found[axis.name] = len(shown)
    return found
