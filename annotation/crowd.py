"""Models of a crowd: Dawid-Skene and MACE over votes, Bradley-Terry over the models that wrote the answers.

The only importer of crowd-kit and choix, and only inside its functions: both are slow to import, so this runs in a worker.
What comes out are probabilities and competences, never a vote removed: these models take honest disagreement for error.
"""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

MACE_ROUNDS = 50
"""EM steps. One start: crowd-kit draws every restart from the same seed, so ten give what one gives."""
PRIOR_GAMES = 0.1
"""Added to every ordered pair of generators: one that never lost stays finite (choix's alpha)."""
RESAMPLES = 200
SEED = 20261122

Shares = dict[str, float]


@dataclass(frozen=True, slots=True)
class Label:
    """One annotator's answer on one item."""

    item: Hashable
    annotator: Hashable
    value: str


@dataclass(frozen=True, slots=True)
class Crowd:
    """Probabilities per item (they add up to 1) and, per annotator, the modelled chance (0..1) to answer as the model does."""

    soft: dict[Hashable, Shares]
    competence: dict[Hashable, float]


@dataclass(frozen=True, slots=True)
class Strength:
    """A generator's log-odds against the average one, with its bootstrap interval over items, from `games` votes."""

    generator: str
    value: float
    low: float
    high: float
    games: int


@dataclass(frozen=True, slots=True)
class Game:
    """One vote between two generators: the share of a win the first gets (1, 0, or ½ for a tie)."""

    item: Hashable
    first: str
    second: str
    share: float


def installed() -> bool:
    """Whether the extra `quality` is here."""
    return find_spec("crowdkit") is not None and find_spec("choix") is not None


def vote_shares(labels: Iterable[Label]) -> dict[Hashable, Shares]:
    """What was said, as shares: the soft label that assumes nothing about anybody."""
    counts: dict[Hashable, Counter[str]] = defaultdict(Counter)
    for label in labels:
        counts[label.item][label.value] += 1
    return {item: {v: n / told.total() for v, n in sorted(told.items())} for item, told in counts.items()}


def dawid_skene(labels: Sequence[Label]) -> Crowd | None:
    """Dawid and Skene (1979): a confusion matrix for everybody. None where nobody can be compared with anybody."""
    if not _comparable(labels):
        return None
    from crowdkit.aggregation import DawidSkene

    table = _Table(labels)
    model: Any = DawidSkene().fit(table.frame)
    competence = {
        who: float(sum(prior * _at(model.errors_, place, v) for v, prior in model.priors_.items()))
        for place, who in enumerate(table.people)
    }
    return Crowd(table.soft(model.probas_), competence)


def _at(errors: Any, who: int, value: int) -> float:
    """The chance that this person says `value` where it holds; 0 where they never said it."""
    return float(errors.loc[(who, value), value]) if (who, value) in errors.index else 0.0


def mace(labels: Sequence[Label]) -> Crowd | None:
    """MACE (Hovy et al. 2013): everybody either knows or guesses in a way of their own; competence is how often they know."""
    if not _comparable(labels):
        return None
    from crowdkit.aggregation import MACE

    table = _Table(labels)
    model = MACE(n_restarts=1, n_iter=MACE_ROUNDS, random_state=0).fit(table.frame)
    knows = model.spamming_[:, 1] / model.spamming_.sum(axis=1)
    return Crowd(table.soft(model.probas_), dict(zip(table.people, map(float, knows), strict=True)))


def bradley_terry(games: Sequence[Game], *, resamples: int = RESAMPLES, seed: int = SEED) -> list[Strength]:
    """Bradley and Terry (1952) by iterated Luce spectral ranking (choix), strongest first; ties are half a win each.

    Left out are votes between two answers of one generator, and whoever is not linked by votes with most others: between
    generators that never met, directly or through others, no vote says which is stronger.
    """
    played = _largest_circle([game for game in games if game.first != game.second])
    names = sorted({name for game in played for name in (game.first, game.second)})
    if len(names) < 2:
        return []
    import numpy as np

    place = {name: n for n, name in enumerate(names)}
    items = {item: n for n, item in enumerate(dict.fromkeys(game.item for game in played))}
    first = np.array([place[game.first] for game in played])
    second = np.array([place[game.second] for game in played])
    won = np.array([game.share for game in played])
    item = np.array([items[game.item] for game in played])

    def fitted(weights: "npt.NDArray[np.float64]") -> "npt.NDArray[np.float64]":
        import choix

        table = np.zeros((len(names), len(names)))
        np.add.at(table, (first, second), won * weights)
        np.add.at(table, (second, first), (1 - won) * weights)
        found = choix.ilsr_pairwise_dense(table, alpha=PRIOR_GAMES)
        return np.asarray(found - found.mean())

    rng, even = np.random.default_rng(seed), np.full(len(items), 1 / len(items))
    value = fitted(np.ones(len(played)))
    drawn = np.array([fitted(rng.multinomial(len(items), even)[item]) for _ in range(resamples)])
    low, high = np.quantile(drawn, [0.025, 0.975], axis=0)
    met = Counter(name for game in played for name in (game.first, game.second))
    found = [
        Strength(name, float(value[n]), float(low[n]), float(high[n]), met[name])
        for n, name in enumerate(names)
    ]
    return sorted(found, key=lambda one: -one.value)


def _largest_circle(games: Sequence[Game]) -> list[Game]:
    """Games of the largest set of generators linked by games: the one of most games, then the first by name."""
    circle: dict[str, set[str]] = {}
    for first, second in {(game.first, game.second) for game in games}:
        joined = circle.get(first, {first}) | circle.get(second, {second})
        circle.update(dict.fromkeys(joined, joined))
    met = Counter(min(circle[game.first]) for game in games)
    if not met:
        return []
    most = min(met, key=lambda name: (-met[name], name))
    return [game for game in games if min(circle[game.first]) == most]


def _comparable(labels: Sequence[Label]) -> bool:
    """Some item was judged twice, and more than one thing was said."""
    per_item = Counter(label.item for label in labels)
    return len({label.value for label in labels}) > 1 and max(per_item.values()) > 1


class _Table:
    """Votes as a table of numbers for crowd-kit, and what the numbers stand for.

    Items, people and values are numbered in the order they appear: crowd-kit 1.4.2 mixes that order with the sorted one
    inside MACE, and with names in any other order it gives one person's habits to another (a point lost on convarg).
    """

    def __init__(self, labels: Sequence[Label]) -> None:
        import pandas as pd  # type: ignore[import-untyped]

        self.items, item = _numbered(label.item for label in labels)
        self.people, worker = _numbered(label.annotator for label in labels)
        self.values, value = _numbered(label.value for label in labels)
        self.frame = pd.DataFrame({"task": item, "worker": worker, "label": value})

    def soft(self, probabilities: Any) -> dict[Hashable, Shares]:
        """Its rows by item and value again."""
        values = [str(self.values[code]) for code in probabilities.columns]
        return {
            self.items[place]: {value: float(p) for value, p in zip(values, row, strict=True)}
            for place, row in zip(probabilities.index, probabilities.to_numpy(), strict=True)
        }


def _numbered(names: Iterable[Hashable]) -> tuple[list[Hashable], list[int]]:
    """The different names in order of appearance, and each as its place there."""
    places: dict[Hashable, int] = {}
    codes = [places.setdefault(name, len(places)) for name in names]
    return list(places), codes
