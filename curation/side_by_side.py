"""Which words of an item stand in a span and the other way round, as pieces a page can mark."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.text import TokenHasher, ngram_hashes
from curation.containment import WORDS
from curation.conversation import Conversation
from curation.excerpts import segments
from curation.folding import places, words
from curation.postings import LETTERS, letter_grams

AROUND = 400


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text, marked or not."""

    text: str
    marked: bool


@dataclass(frozen=True, slots=True)
class Excerpt:
    """One part of a conversation around what was found in it."""

    role: str
    pieces: Sequence[Piece]


def shared(text: str, other: str) -> list[Piece]:
    """`text` in pieces; marked are the words that `other` has in the same company (a 3-gram or eight letters in a row)."""
    own, theirs = words(text), words(other)
    hasher, common = TokenHasher(), np.zeros(len(own), dtype=np.bool_)
    threes = ngram_hashes(hasher(own), WORDS)
    for at in np.flatnonzero(np.isin(threes, ngram_hashes(hasher(theirs), WORDS))):
        common[at : at + WORDS] = True
    word_of = np.repeat(np.arange(len(own)), [len(word) for word in own])
    for at in np.flatnonzero(np.isin(letter_grams(own)[0], letter_grams(theirs)[0])):
        common[word_of[at] : word_of[at + LETTERS - 1] + 1] = True
    return _pieces(text, [place for place, marked in zip(places(text), common, strict=False) if marked])


def _pieces(text: str, marked: Sequence[tuple[int, int]]) -> list[Piece]:
    """Neighbouring marked words, and what lies between them, are one piece."""
    runs: list[tuple[int, int]] = []
    for start, end in marked:
        if runs and not any(char.isalnum() for char in text[runs[-1][1] : start]):
            runs[-1] = (runs[-1][0], end)
        else:
            runs.append((start, end))
    found, at = list[Piece](), 0
    for start, end in runs:
        found += [Piece(text[at:start], False), Piece(text[start:end], True)]
        at = end
    return [piece for piece in [*found, Piece(text[at:], False)] if piece.text]


def excerpts(conversation: Conversation, evidence: dict[str, Any], item: str) -> list[Excerpt]:
    """Every part the evidence touches: a little before and after, and in between the words shared with the item marked."""
    parts = {(one.message, one.part): one.text for one in segments(conversation)}
    found = []
    for span in evidence.get("spans") or [evidence]:
        text = parts.get((span.get("message"), span.get("part")))
        if text is None:
            continue
        start, end = int(span.get("start", 0)), int(span.get("end", 0))
        before, after = text[max(0, start - AROUND) : start], text[end : end + AROUND]
        pieces = [Piece(before, False), *shared(text[start:end], item), Piece(after, False)]
        role = conversation["messages"][int(span["message"])]["role"]
        found.append(Excerpt(role, [piece for piece in pieces if piece.text]))
    return found
