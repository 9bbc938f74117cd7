"""What people decided, read back as tests like to say it: preferences with a winner, answers worth training on, the rest counted."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, QuerySet

from accounts.models import Project
from annotation.models import Decision, Judgment, JudgmentRevision, Response

UNDECIDED = ("tie", "both_bad", "cannot", "conflict")
"""Outcomes that never become chosen and rejected; their counts stand on the snapshot."""

CHUNK = 500


@dataclass(frozen=True, slots=True)
class DecidedPreference:
    """A pair with a winner; strength is the mean pull towards it over all counted votes (0..2), or what an adjudicator said.

    `adjudication` names the decision of a person over the votes, None where they decided by themselves.
    """

    item_id: UUID
    version_id: UUID
    winner: Response
    loser: Response
    strength: float
    votes: dict[str, int]
    counted: int
    simulated: int
    source: str
    judgment_ids: list[UUID]
    adjudication: UUID | None


@dataclass(frozen=True, slots=True)
class RepairedAnswer:
    """An answer accepted as it is, or the fix that replaces it; `act` is what the turn should do, "" if nobody said."""

    item_id: UUID
    version_id: UUID
    response: Response
    outcome: str
    counted: int
    simulated: int
    judgment_ids: list[UUID]
    adjudication: UUID | None
    act: str = ""


def _decisions(project: Project, *, simulated: bool) -> QuerySet[Decision]:
    standing = Decision.objects.standing().filter(project=project).exclude(item__state="flagged")
    return standing if simulated else standing.filter(simulated=0)


def decided_preferences(
    project: Project, *, min_strength: float = 0.0, min_votes: int = 1, simulated: bool = False
) -> Iterator[DecidedPreference]:
    """Pairs that somebody won; those with simulated votes only when asked for. Flagged and closed ones are out."""
    rows = _decisions(project, simulated=simulated).filter(
        outcome__in=["a", "b"], strength__gte=min_strength, counted__gte=min_votes
    )
    related = ("item__pair__response_a", "item__pair__response_b")
    for decision in rows.select_related(*related).order_by("pk").iterator(chunk_size=CHUNK):
        pair = decision.item.pair
        sides = (pair.response_a, pair.response_b)
        winner, loser = sides if decision.outcome == "a" else sides[::-1]
        yield DecidedPreference(
            item_id=decision.item_id,
            version_id=winner.version_id,
            winner=winner,
            loser=loser,
            strength=decision.strength,
            votes=decision.votes,
            counted=decision.counted,
            simulated=decision.simulated,
            source=pair.source,
            judgment_ids=_judgments(decision),
            adjudication=decision.adjudication_id,
        )


def repaired_answers(project: Project, *, simulated: bool = False) -> Iterator[RepairedAnswer]:
    """Answers a person accepted or fixed; dropped ones never come out of here."""
    rows = _decisions(project, simulated=simulated).filter(outcome__in=["accepted", "fixed"])
    for decision in rows.select_related("response").order_by("pk").iterator(chunk_size=CHUNK):
        if decision.response is None:
            continue
        yield RepairedAnswer(
            item_id=decision.item_id,
            version_id=decision.response.version_id,
            response=decision.response,
            outcome=decision.outcome,
            counted=decision.counted,
            simulated=decision.simulated,
            judgment_ids=_judgments(decision),
            adjudication=decision.adjudication_id,
            act=_act(decision),
        )


def undecided_counts(project: Project) -> dict[str, int]:
    """How many items ended without a winner, by outcome; zero where none did."""
    rows = (
        Decision.objects.filter(project=project, outcome__in=UNDECIDED)
        .values_list("outcome")
        .annotate(n=Count("pk"))
    )
    return dict.fromkeys(UNDECIDED, 0) | dict(rows)


def _judgments(decision: Decision) -> list[UUID]:
    counted = Judgment.objects.filter(item_id=decision.item_id, slot__isnull=False)
    return list(counted.order_by("slot").values_list("pk", flat=True))


def _act(decision: Decision) -> str:
    """What most counted judgments that say it want the turn to do; "" where nobody does or two acts are equally wanted."""
    latest = (
        JudgmentRevision.objects.filter(judgment__item_id=decision.item_id, judgment__slot__isnull=False)
        .order_by("judgment_id", "-number")
        .distinct("judgment_id")
    )
    said = Counter(act for act in latest.values_list("act", flat=True) if act).most_common(2)
    if not said or (len(said) == 2 and said[0][1] == said[1][1]):
        return ""
    return said[0][0]
