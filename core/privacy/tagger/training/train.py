"""One training from start to finish: lists, corpus, weights, and how well it does on templates it never saw."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from importlib.metadata import version

from core.privacy.tagger import Tagger, entities
from core.privacy.tagger.features import FIRST, KNOWN, LAST
from core.privacy.tagger.model import Model
from core.privacy.tagger.training.corpus import Size, corpus
from core.privacy.tagger.training.filling import Source, Text
from core.privacy.tagger.training.learn import Settings, Vocabulary, learn, packed, tiled
from core.privacy.tagger.training.lexicon import lexicon
from core.privacy.tagger.training.running_text import lower_words, sources

FULL = Size(rounds=72, code=5000, mixed=7000)
HELD_OUT = Size(rounds=6, code=200, mixed=200)


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything a training depends on besides the versions of Python and Faker; equal plans make equal bytes.

    `bias` is added to the scores of the labels, `listed` to those of a name that the lists know with no other meaning.
    """

    name: str
    size: Size = FULL
    held_out: Size = HELD_OUT
    settings: Settings = field(default_factory=Settings)
    bias: tuple[float, float, float] = (0.0, 1.0, 2.0)
    listed: float = 2.0
    library_files: int | None = None


def train(plan: Plan, words: Sequence[str], say: Callable[[str], object]) -> Model:
    """Train a model; `words` is a vocabulary of ordinary text, most frequent first."""
    running = list(sources(plan.library_files))
    lists = lexicon(words, lower_words(running))
    ordinary = [word for word in words if _ordinary(word, lists)]
    source = Source(plan.settings.seed, ordinary)
    vocabulary = Vocabulary(lists)
    tiles = tiled(corpus("train", plan.size, running, source), vocabulary)
    say(f"{len(lists):,} words in lists, {len(tiles.bounds):,} texts, {len(tiles.ids):,} tiles")
    network = learn(tiles, vocabulary, plan.settings, say)
    meta = {
        "name": plan.name,
        "bias": list(plan.bias),
        "listed": plan.listed,
        "settings": asdict(plan.settings),
        "size": asdict(plan.size),
        "faker": version("faker"),
        "python": ".".join(map(str, sys.version_info[:3])),
    }
    model = packed(network, lists, meta)
    for split in ("dev", "test"):
        held_out = corpus(split, plan.held_out, running, Source(plan.settings.seed + 1, ordinary))
        model.meta[split] = scores(held_out, Tagger(model))
    return model


def scores(texts: Sequence[Text], tagger: Tagger) -> dict[str, dict[str, float]]:
    """Kind → recall (99 % of an entity's characters covered) and precision (a hit touches a true entity of its kind)."""
    true, found, hits, right = (Counter[str]() for _ in range(4))
    for text in texts:
        made = entities(text.text, tagger)
        covered = {at for start, end, _ in made for at in range(start, end)}
        for start, end, kind in text.truth:
            true[kind] += 1
            found[kind] += sum(at in covered for at in range(start, end)) >= 0.99 * (end - start)
        for start, end, kind in made:
            hits[kind] += 1
            right[kind] += any(
                kind == other and start < high and low < end for low, high, other in text.truth
            )
    return {
        kind: {
            "recall": round(found[kind] / max(1, true[kind]), 4),
            "precision": round(right[kind] / max(1, hits[kind]), 4),
        }
        for kind in sorted(true)
    }


def _ordinary(word: str, lists: dict[str, int]) -> bool:
    known = lists.get(word, 0)
    return bool(known & KNOWN) and not known & (FIRST | LAST) and len(word) > 2 and word.isascii()
