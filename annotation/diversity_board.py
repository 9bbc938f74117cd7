"""How many people really stand behind a campaign, in all and by stratum, and what would help most."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from .axes import AxisReport
from .diversity import Diversity, summarise
from .models import Campaign, Item, Judgment

TAIL = 0.2
"""No annotator should give more than this share of a campaign's judgments."""


@dataclass(frozen=True, slots=True)
class Concentration:
    """One row of the table; `stratum` None is all of them, `busiest` a pseudonym with its share of the votes."""

    stratum: str | None
    people: Diversity
    busiest: UUID | None
    share: float | None

    @property
    def over(self) -> bool:
        """Whether one annotator gave more than the tail rule allows."""
        return self.share is not None and self.share > TAIL


@dataclass(frozen=True, slots=True)
class Lack:
    """One thing missing: people of a group in a stratum, or votes of it."""

    axis: str
    stratum: str
    group: str
    what: str


def read_concentration(campaign: Campaign, *, simulated: bool) -> list[Concentration]:
    """All strata first, then each; counted votes of people, or of simulated annotators."""
    votes = list(
        Judgment.objects.filter(
            item__in=Item.objects.asked_in(campaign), slot__isnull=False, simulated=simulated
        ).values_list("item__stratum", "profile_id")
    )
    if not votes:
        return []
    strata = sorted({stratum for stratum, _ in votes})
    rows: list[tuple[str | None, list[UUID]]] = [(None, [person for _, person in votes])]
    rows += [(one or "–", [person for stratum, person in votes if stratum == one]) for one in strata]
    return [_concentration(stratum, people) for stratum, people in rows]


def _concentration(stratum: str | None, people: Sequence[UUID]) -> Concentration:
    given = Counter(people)
    (busiest, most), *_ = given.most_common(1)
    return Concentration(stratum, summarise(given.values()), busiest, most / len(people))


def lacks(reports: Sequence[AxisReport], strata: Sequence[str]) -> list[Lack]:
    """What published reports miss, from their levels alone: a hidden group and one that is not there read the same."""
    found = []
    for report in reports:
        cells = (report.people or {}).get("strata", {})
        for stratum in strata:
            levels = {one["group"]: one for one in cells.get(stratum, ())}
            for group in report.groups:
                level = levels.get(group)
                if level is None or not level["covered"]:
                    what = "votes" if level and level["shown"] else "people"
                    found.append(Lack(report.axis.name, stratum, group, what))
    return found
