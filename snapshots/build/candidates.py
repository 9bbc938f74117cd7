"""Candidates of a selection and what people said for them, read from decisions and feedback."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from accounts.models import Project
from annotation.models import AutomaticTie, Decision, Item
from curation.models import AssetVersion, Feedback
from curation.sampling import USUAL_AXES
from snapshots.build.versions import VersionFacts, count_unspoken, described, load_facts
from snapshots.choose import Candidate
from snapshots.reasons import AnswerFacts, Evidence, Exclusion, Reason
from snapshots.selection import SelectionSpec


@dataclass(frozen=True)
class PairFacts:
    """Both answers of a judged pair: response id and the version each came from; of a tie, the first stands as winner."""

    item: UUID
    version: UUID
    winner: UUID | None
    loser: UUID | None
    versions: Mapping[UUID, UUID]


@dataclass
class Field:
    """Everything a selection looks at: candidates, counts of what needs no closer look, and version facts."""

    candidates: list[Candidate]
    settled: Counter[str]
    versions: dict[UUID, VersionFacts]
    pairs: dict[str, PairFacts] = field(default_factory=dict)


def survey(project: Project, spec: SelectionSpec, quarantine: AssetVersion) -> Field:
    """The field of a selection; candidates plus `settled` add up to everything there is of its kind."""
    if spec.kind == "sft":
        return _answers(project, spec, quarantine)
    return _pairs(project, spec, quarantine)


def _answers(project: Project, spec: SelectionSpec, quarantine: AssetVersion) -> Field:
    spoken = _spoken_for(project)
    versions = described(project, spec, quarantine)
    facts = load_facts(versions, spoken)
    settled = count_unspoken(versions)
    for one in facts.values():
        if one.bar is not Exclusion.SUPERSEDED:
            settled[one.bar or one.veto or Exclusion.NO_REASON] -= 1
    candidates = [
        Candidate(
            str(one.version),
            str(one.version),
            one.cluster,
            one.is_representative,
            one.bar,
            AnswerFacts(one.veto, tuple(spoken[one.version])),
            stratum=one.stratum_over(spec.quota_axes or USUAL_AXES),
            templates=one.templates,
        )
        for one in facts.values()
    ]
    return Field(candidates, +settled, facts)


def _spoken_for(project: Project) -> dict[UUID, list[Evidence]]:
    """What speaks for an answer of each version: repairs, won pairs, a thumb up; nothing beyond a turn people mended or dropped."""
    spoken: dict[UUID, list[Evidence]] = defaultdict(list)
    for version, evidence in _all_spoken(project):
        spoken[version].append(evidence)
    for version, end in _ends(project).items():
        if version in spoken:
            spoken[version] = [one for one in spoken[version] if one.reach <= end]
    return spoken


def _ends(project: Project) -> dict[UUID, float]:
    """How far rows may go in conversations in which people mended or dropped a turn that is not the last."""
    said = Decision.objects.standing().filter(
        project=project, simulated=0, item__repair__response__turn__isnull=False
    )
    turns = said.filter(outcome__in=["fixed", "dropped"]).values_list(
        "item__repair__response__version_id", "item__repair__response__turn", "outcome"
    )
    ends: dict[UUID, float] = {}
    for version, turn, outcome in turns:
        assert turn is not None
        end = turn if outcome == "fixed" else turn - 1
        ends[version] = min(end, ends.get(version, end))
    return ends


def _all_spoken(project: Project) -> Iterator[tuple[UUID, Evidence]]:
    decisions = Decision.objects.standing().filter(project=project).select_related("response")
    for decision in decisions.filter(outcome__in=["accepted", "fixed"], response__isnull=False):
        assert decision.response is not None
        reason = Reason.FIXED if decision.outcome == "fixed" else Reason.ACCEPTED
        yield (
            decision.response.version_id,
            _evidence(decision, reason, decision.response_id, decision.response.turn),
        )
    pairs = decisions.filter(outcome__in=["a", "b"]).exclude(item__pair__source="repair")
    for decision in pairs.select_related("item__pair__response_a", "item__pair__response_b"):
        pair = decision.item.pair
        winner = pair.response_a if decision.outcome == "a" else pair.response_b
        yield winner.version_id, _evidence(decision, Reason.PAIR_WINNER, winner.pk, winner.turn)
    liked = Feedback.objects.filter(project=project, rating=1, trace__current__isnull=False)
    for version, simulated in liked.values_list("trace__current_id", "simulated"):
        yield version, Evidence(Reason.POSITIVE_FEEDBACK, simulated=simulated)


def _evidence(decision: Decision, reason: Reason, response: UUID | None, turn: int | None = None) -> Evidence:
    return Evidence(
        reason,
        strength=decision.strength,
        simulated=decision.simulated > 0,
        decision=str(decision.item_id),
        response=str(response or ""),
        turn=turn,
    )


def _pairs(project: Project, spec: SelectionSpec, quarantine: AssetVersion) -> Field:
    decisions = list(
        Decision.objects.standing()
        .filter(project=project, item__kind="pair")
        .select_related("item", "item__pair__response_a", "item__pair__response_b")
    )
    pairs = {str(decision.item_id): _pair_facts(decision) for decision in decisions}
    wanted = {version for pair in pairs.values() for version in (pair.version, *pair.versions.values())}
    facts = load_facts(described(project, spec, quarantine), wanted)
    axes = spec.quota_axes or USUAL_AXES
    candidates = [_pair_candidate(one, pairs[str(one.item_id)], facts, axes) for one in decisions]
    pairs_of_work = Item.objects.filter(project=project, kind="pair", role="work").exclude(state="closed")
    open_pairs = pairs_of_work.filter(decision__isnull=True).count()
    same = AutomaticTie.objects.filter(project=project).count()
    settled = Counter({Exclusion.UNDECIDED.value: open_pairs, Exclusion.IDENTICAL_ANSWERS.value: same})
    return Field(candidates, +settled, facts, pairs)


def _pair_facts(decision: Decision) -> PairFacts:
    pair = decision.item.pair
    a, b = pair.response_a, pair.response_b
    sides = {"a": (a.pk, b.pk), "b": (b.pk, a.pk), "tie": (a.pk, b.pk)}
    winner, loser = sides.get(decision.outcome, (None, None))
    return PairFacts(
        decision.item_id, decision.item.version_id, winner, loser, {a.pk: a.version_id, b.pk: b.version_id}
    )


def _pair_candidate(
    decision: Decision, pair: PairFacts, facts: Mapping[UUID, VersionFacts], axes: Sequence[str]
) -> Candidate:
    home = facts[pair.version]
    bars = [facts[version].bar for version in (pair.version, *pair.versions.values())]
    fixed = decision.item.pair.source == "repair"
    reason = Reason.FIXED_OVER_ORIGINAL if fixed else Reason.JUDGED
    reason = Reason.TIED if decision.outcome == "tie" else reason
    return Candidate(
        str(decision.item_id),
        str(pair.version),
        home.cluster,
        home.is_representative,
        next((bar for bar in bars if bar), None),
        AnswerFacts(evidence=(_evidence(decision, reason, pair.winner),) if pair.winner else ()),
        decision.outcome,
        stratum=home.stratum_over(axes),
        templates=home.templates,
    )
