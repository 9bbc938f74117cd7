"""The line from which a question is flagged as near a held-out item in meaning: rewritten items against clean questions.

The line was chosen on the even items and even clean questions; these rows are of the odd ones. Rewritten: several edits of
`held_out/leaks.py` one upon another. Clean: questions no copy of an item, of the items' own subject and of any other.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

from benchmarks.contract import Row
from benchmarks.decontamination import held_out, winnow
from benchmarks.held_out.leaks import KINDS
from benchmarks.strata.traffic import dialogues

SEED = 3
MIXES = {
    "other words": ("paraphrase_templates",),
    "other names": ("names_changed",),
    "other names and numbers": ("names_and_numbers",),
    "other words, names and numbers": ("paraphrase_templates", "names_and_numbers"),
    "other words and names, shuffled, some left out": (
        "paraphrase_templates", "names_changed", "sentences_shuffled", "words_dropped",
    ),
}  # fmt: skip
SUBJECT = "math"
LINES = (0.75, 0.85, 0.9)


def rows(*, quick: bool, half: int = 1) -> Iterator[Row]:
    """At the line in force, and at others beside it."""
    from core import embedding
    from curation.meaning import NEAR, VIEW_TOKENS

    sets = held_out()
    items = [text for one in sets for text in one]
    vectors = embedding.encode(items, max_tokens=VIEW_TOKENS)

    def nearest(texts: Sequence[str]) -> list[float]:
        found: list[float] = (
            (embedding.encode(texts, max_tokens=VIEW_TOKENS) @ vectors.T).max(axis=1).tolist()
        )
        return found

    near = {
        kind: nearest(_rewritten(items, edits, 30 if quick else 100, half)) for kind, edits in MIXES.items()
    }
    clean = _clean(sets, 60 if quick else 800, half)
    alarms = {name: nearest(texts) for name, texts in clean.items()}
    for kind, cosines in near.items():
        yield Row(f"flags, {kind}: found", _above(cosines, NEAR), f"of {len(cosines)}")
    every = [cosine for cosines in near.values() for cosine in cosines]
    yield Row(f"flags, all rewritten: found at {NEAR}", _above(every, NEAR), f"of {len(every)}")
    for name, cosines in alarms.items():
        yield Row(
            f"flags, clean, {name}: flagged at {NEAR}",
            _above(cosines, NEAR),
            f"of {len(cosines)}",
            "" if quick else "<= 0.005",
        )
    for line in LINES:
        yield Row(f"flags, all rewritten: found at {line}", _above(every, line), f"of {len(every)}")
        yield Row(f"flags, clean, same subject: flagged at {line}", _above(alarms["same subject"], line))


def _rewritten(items: Sequence[str], edits: Sequence[str], count: int, half: int) -> list[str]:
    rng = random.Random(f"{SEED}:{half}:{edits}")
    made = []
    for place in rng.sample(range(half, len(items), 2), count):
        text = items[place]
        for edit in edits:
            text = KINDS[edit](text, rng)
        made.append(text)
    return made


def _clean(sets: Sequence[Sequence[str]], each: int, half: int) -> dict[str, list[str]]:
    """What the screening by words leaves: only that is ever compared by meaning."""
    finder = winnow(sets)
    found: dict[str, list[str]] = {"same subject": [], "any other": []}
    for one in dialogues("traces-permissive", each=2 * each, seed=SEED)[half::2]:
        kept = found["same subject" if one.domain == SUBJECT else "any other"]
        if len(kept) < each and finder(one.topic) is None:
            kept.append(one.topic)
    return found


def _above(cosines: Sequence[float], line: float) -> float:
    return sum(cosine >= line for cosine in cosines) / len(cosines)
