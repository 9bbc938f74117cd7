"""All quality numbers of one reading of votes, as JSON that pages and the API show; None is undefined, never zero."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from math import log2
from typing import Any
from uuid import UUID

from .. import crowd
from ..bias import against_a_fair_coin
from ..bias_of_models import bias_of_models
from ..checks import Finding, check_annotators
from ..choices import Choice
from ..verbosity import verbosity
from ..votes import VoteRow
from ..win_rates import win_rates
from .agreeing import agreement_of, agrees_with_others, base_of
from .reading import Reading, checked_votes, compared, contests, games, labels, left_of, longer_of

BINS = 8
MOST_BITS = 2.0

Step = Callable[[int, int, str], None]
STEPS = ("agreement", "dawid_skene", "mace", "bradley_terry", "checks", "bias")


@dataclass(frozen=True, slots=True)
class Soft:
    """The soft label of one item, as it is stored."""

    item: UUID
    votes: dict[str, float]
    dawid_skene: dict[str, float]
    mace: dict[str, float]
    entropy: float
    contested: bool


def compute(reading: Reading, *, step: Step) -> tuple[dict[str, Any], list[Soft]]:
    """The numbers and the soft labels; `step(done, total, doing)` is told before each part and may raise to stop."""
    said = labels(reading)
    doing = _announced(step)
    doing("agreement")
    numbers: dict[str, Any] = {
        "kind": reading.kind,
        "agreement": asdict(agreement_of(reading.votes, kind=reading.kind)),
    }
    doing("dawid_skene")
    by_ds = crowd.dawid_skene(said)
    doing("mace")
    by_mace = crowd.mace(said)
    soft = list(_soft(said, by_ds, by_mace))
    doing("bradley_terry")
    numbers["strengths"] = [asdict(one) for one in crowd.bradley_terry(games(reading))]
    doing("checks")
    found = check_annotators(checked_votes(reading))
    doing("bias")
    numbers["bias"] = bias_of(reading.votes) if reading.kind == "pair" else None
    numbers["models"] = [asdict(one) for one in bias_of_models(contests(reading))]
    numbers["win_rates"] = [asdict(one) for one in win_rates(compared(reading), reading.ties)]
    numbers["annotators"] = list(_annotators(reading, found, by_ds, by_mace))
    numbers["soft"] = _spread(soft)
    numbers["base"] = asdict(base_of(reading.votes))
    numbers["items"] = len({vote.item for vote in reading.votes})
    numbers["last_revision"] = max((vote.revision for vote in reading.votes), default=0)
    return numbers, soft


def _announced(step: Step) -> Callable[[str], None]:
    words = {
        "agreement": "measuring agreement",
        "dawid_skene": "fitting Dawid-Skene",
        "mace": "fitting MACE",
        "bradley_terry": "comparing models by Bradley-Terry",
        "checks": "checking annotators",
        "bias": "measuring bias",
    }
    return lambda name: step(STEPS.index(name), len(STEPS), words[name])


def bias_of(votes: Sequence[VoteRow]) -> dict[str, Any]:
    """Side, length and the pull of length, over these votes."""
    decided = [
        (vote.item, vote.length_a or 0, vote.length_b or 0, vote.choice == Choice.A)
        for vote in votes
        if vote.choice in (Choice.A, Choice.B)
    ]
    return {
        "left": _data(against_a_fair_coin((vote.item, left_of(vote)) for vote in votes)),
        "longer": _data(against_a_fair_coin((vote.item, longer_of(vote)) for vote in votes)),
        "verbosity": _data(verbosity(decided)),
    }


def entropy(shares: Mapping[str, float]) -> float:
    """Shannon entropy of a soft label in bits: 0 where all say the same."""
    return max(0.0, -sum(p * log2(p) for p in shares.values() if p > 0))


def _soft(
    said: Sequence[crowd.Label], by_ds: crowd.Crowd | None, by_mace: crowd.Crowd | None
) -> Iterator[Soft]:
    for item, shares in crowd.vote_shares(said).items():
        assert isinstance(item, UUID)
        modelled = [model.soft.get(item, {}) if model else {} for model in (by_ds, by_mace)]
        best = {value for value, share in shares.items() if share == max(shares.values())}
        contested = any(soft and max(soft, key=lambda v: soft[v]) not in best for soft in modelled)
        yield Soft(item, shares, modelled[0], modelled[1], entropy(shares), contested)


def _spread(soft: Sequence[Soft]) -> dict[str, Any]:
    """How many items lie in each eighth of 0…2 bits, how many are split, and on how many a model contradicts the most votes."""
    bins = Counter(min(BINS - 1, int(one.entropy / MOST_BITS * BINS)) for one in soft)
    return {
        "bins": [bins[n] for n in range(BINS)],
        "split": sum(one.entropy > 0 for one in soft),
        "contested": sum(one.contested for one in soft),
    }


def _annotators(
    reading: Reading,
    found: Mapping[Any, Sequence[Finding]],
    by_ds: crowd.Crowd | None,
    by_mace: crowd.Crowd | None,
) -> Iterator[dict[str, Any]]:
    """Those with an alarm first, then the busiest."""
    own: dict[UUID, list[VoteRow]] = defaultdict(list)
    for vote in reading.votes:
        own[vote.annotator].append(vote)
    agrees = agrees_with_others(reading.votes)
    ranked = sorted(own, key=lambda who: (not any(f.alarm for f in found[who]), -len(own[who]), who))
    for who in ranked:
        yield {
            "annotator": str(who),
            "simulated": own[who][0].simulated,
            "votes": len(own[who]),
            "agrees": agrees.get(who),
            "dawid_skene": by_ds.competence.get(who) if by_ds else None,
            "mace": by_mace.competence.get(who) if by_mace else None,
            "bias": bias_of(own[who]) if reading.kind == "pair" else None,
            "checks": [_finding(one) for one in found[who]],
        }


def _finding(one: Finding) -> dict[str, Any]:
    return asdict(one) | {"partner": str(one.partner) if one.partner else None, "alarm": one.alarm}


def _data(value: Any) -> dict[str, Any] | None:
    return asdict(value) if value is not None else None
