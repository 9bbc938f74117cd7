"""Annotators that are programs: they read the real texts, differ in what they value, err, and are marked.

They exist so that a demo and a load test have enough votes; no selection uses them unless it asks to, and
nothing here pretends to be a person. The same pair, annotator and seed give the same answer.
"""

import hashlib
import random
from collections.abc import Mapping
from dataclasses import dataclass, field

from .choices import CLEAR, SLIGHT, Answer, Choice, RepairChoice
from .features import Features


@dataclass(frozen=True, slots=True)
class Temperament:
    """What one simulated annotator values (feature weights), and how it errs."""

    name: str
    weights: Mapping[str, float]
    noise: float = 0.15
    left_pull: float = 0.0
    tie_below: float = 0.08
    clear_above: float = 0.55
    words_per_minute: float = 230.0
    share: float = 1.0
    profile: Mapping[str, str] = field(default_factory=dict)


_BASE = {
    "grounded": 2.2,
    "relevant": 1.2,
    "cites": 0.4,
    "structured": 0.3,
    "hedges": -0.8,
    "refuses": -1.0,
    "empty": -3.0,
}

TEMPERAMENTS: tuple[Temperament, ...] = (
    Temperament("careful", {**_BASE, "grounded": 3.0}, noise=0.06, words_per_minute=180, share=1.4),
    Temperament("librarian", {**_BASE, "cites": 1.2}, noise=0.08, words_per_minute=200),
    Temperament("brief", {**_BASE, "long": -0.9, "structured": 0.1}, noise=0.08),
    Temperament("thorough", {**_BASE, "long": 0.5, "structured": 0.4}, noise=0.08, words_per_minute=210),
    Temperament("sceptic", {**_BASE, "hedges": 0.2}, noise=0.10, tie_below=0.12, share=0.8),
    Temperament("hurried", dict(_BASE), noise=0.35, left_pull=0.10, words_per_minute=420, share=1.8),
    Temperament("newcomer", {**_BASE, "structured": 0.6}, noise=0.20, share=0.6),
    Temperament("even-handed", dict(_BASE), noise=0.06, tie_below=0.16),
)
"""`share` is how much work each takes on: unequal on purpose, so that diversity has something to show."""

_TAG_OF_FEATURE = {
    "grounded": "ungrounded",
    "relevant": "off_topic",
    "cites": "missing_citation",
    "hedges": "hedging",
    "refuses": "incomplete",
    "empty": "incomplete",
    "long": "incomplete",
    "structured": "unclear",
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a simulated annotator answers about a pair."""

    answer: Answer
    tags: tuple[str, ...]
    rationale: str
    active_ms: int


def _random(seed: int, *names: str) -> random.Random:
    digest = hashlib.blake2b("\x1f".join((str(seed), *names)).encode(), digest_size=8).digest()
    return random.Random(int.from_bytes(digest, "big"))


def judge(
    temperament: Temperament,
    first: Features,
    second: Features,
    *,
    swapped: bool,
    words: int,
    key: str,
    seed: int,
) -> Verdict:
    """Answer one pair; `key` names it, `words` is how much there is to read."""
    rng = _random(seed, temperament.name, key)
    weights = dict(temperament.weights)
    ours, theirs = first.weighted(weights), second.weighted(weights)
    seen = sum(ours.values()) - sum(theirs.values())
    pull = -temperament.left_pull if swapped else temperament.left_pull
    felt = seen + pull + rng.gauss(0.0, temperament.noise)
    answer = _decide(temperament, felt, first, second)
    tags, rationale = _reasons(answer, ours, theirs, first, second)
    minutes = words / temperament.words_per_minute
    active_ms = int(1_500 + minutes * 60_000 * rng.lognormvariate(0.0, 0.35))
    return Verdict(answer=answer, tags=tags, rationale=rationale, active_ms=active_ms)


def _decide(temperament: Temperament, felt: float, first: Features, second: Features) -> Answer:
    if (first.empty and second.empty) or (first.refuses and second.refuses):
        return Answer(Choice.BOTH_BAD)
    if abs(felt) < temperament.tie_below:
        return Answer(Choice.TIE)
    strength = CLEAR if abs(felt) > temperament.clear_above else SLIGHT
    return Answer(Choice.A if felt > 0 else Choice.B, strength)


def _reasons(
    answer: Answer, ours: Mapping[str, float], theirs: Mapping[str, float], first: Features, second: Features
) -> tuple[tuple[str, ...], str]:
    """The feature that spoke most against the loser, as a tag and as a sentence."""
    if answer.choice not in (Choice.A, Choice.B):
        return (), ""
    sign = 1 if answer.choice == Choice.A else -1
    gaps = {name: sign * (ours[name] - theirs[name]) for name in ours}
    name = max(gaps, key=lambda n: gaps[n])
    if gaps[name] <= 0.05:
        return (), ""
    loser = second if sign > 0 else first
    winner = first if sign > 0 else second
    too_long = name == "long" and loser.long > winner.long
    tag = "verbosity" if too_long else _TAG_OF_FEATURE[name]
    return (tag,), f"simulated: {name} {getattr(winner, name):.2f} against {getattr(loser, name):.2f}"


def verdict_on_repair(
    temperament: Temperament, answer: Features, *, fixable: bool, key: str, seed: int
) -> RepairChoice:
    """Drop what says nothing or rests on nothing, fix what can be fixed by an edit of one's own, else accept."""
    rng = _random(seed, temperament.name, "repair", key)
    if answer.empty or answer.refuses:
        return RepairChoice.DROP
    felt = answer.grounded + rng.gauss(0.0, temperament.noise)
    if felt < 0.25:
        return RepairChoice.DROP
    return RepairChoice.FIX if fixable and felt > 0.4 else RepairChoice.ACCEPT
