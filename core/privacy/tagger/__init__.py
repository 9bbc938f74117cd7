"""A small tagger of ours for names of people and postal addresses in free text; numpy only, trained by `train_tagger`."""

from __future__ import annotations

import re
from functools import lru_cache

from core.privacy.tagger.decode import Entity, spans
from core.privacy.tagger.model import UnknownModel, read_model
from core.privacy.tagger.normal import normal
from core.privacy.tagger.tagging import Tagger
from core.privacy.tagger.tokens import tiles

SHIPPED = "names@1"
_MACHINE_WORD = re.compile(r"[a-z0-9_.:/+#@\-]*")

__all__ = ["SHIPPED", "Entity", "Tagger", "UnknownModel", "entities", "find_entities", "normal"]


def find_entities(text: str, model: str) -> list[Entity]:
    """Non-overlapping (start, end, "person" | "address") in order; raises UnknownModel unless that very model is shipped.

    Earlier surrogates in the text are to be masked (`core.privacy.detect.masked`); nothing of a mask is ever in a span.
    """
    return entities(text, _tagger(model))


def entities(text: str, tagger: Tagger) -> list[Entity]:
    """The same with a tagger at hand."""
    if _MACHINE_WORD.fullmatch(text):
        return []
    pieces = tiles(text)
    scores = tagger.scores(pieces)
    return spans(text, pieces, scores, tagger.model.lexicon) if scores is not None else []


@lru_cache(maxsize=4)
def _tagger(model: str) -> Tagger:
    return Tagger(read_model(model))
