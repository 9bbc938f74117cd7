"""Words as the search index knows them, and the tsvector made of them.

Words are cut and stemmed here and not by the database: its parser depends on the locale a cluster was made with, its
stemmers on its version, and what is highlighted has to be what was found.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import Stemmer

from core.text import normalise

STEMMERS = {
    "ar": "arabic", "de": "german", "el": "greek", "en": "english", "es": "spanish", "fr": "french", "hi": "hindi",
    "it": "italian", "nl": "dutch", "pt": "portuguese", "ru": "russian",
}  # fmt: skip
"""Languages whose words are stemmed; of any other, and where it is unknown, words are taken as they are."""
LONGEST_WORD = 64
LAST_POSITION = 16_383
MOST_BYTES = 900_000
"""A tsvector holds a megabyte; what is longer is found by its beginning."""
GAP = 10
UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003134f"
"""Scripts without blanks between words, and Hangul, whose words change with the particles that follow them."""
_MARKED = "\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0900-\u0963\u0966-\u0d7f"
TOKEN = re.compile(rf"(?P<run>[{UNSPACED}]+)|(?:(?![{UNSPACED}])(?:[^\W_]|[{_MARKED}]))+")
_ASCII = re.compile(r"[a-z0-9]+")
_threads = threading.local()


@dataclass(frozen=True, slots=True)
class Token:
    """A word, or a run of a script without blanks, in its normal form."""

    text: str
    is_run: bool = False


def tokens(text: str) -> Iterator[Token]:
    """The words and runs of a text in order."""
    clean = normalise(text)
    if clean.isascii():
        for word in _ASCII.findall(clean):
            yield Token(word[:LONGEST_WORD])
        return
    for found in TOKEN.finditer(clean):
        if found["run"]:
            yield Token(found["run"], is_run=True)
        else:
            yield Token(found[0][:LONGEST_WORD])


def pairs(run: str) -> list[str]:
    """A run as overlapping pairs of characters; a single character is itself."""
    return [run[place : place + 2] for place in range(len(run) - 1)] or [run]


def lexeme(word: str, language: str) -> str:
    """`en/run` for "running" in English; a word of no stemmed language, or with a digit, is itself."""
    if language not in STEMMERS or not word.isalpha():
        return word
    return f"{language}/{_stems(language)(word)}"


def _stems(language: str) -> Any:
    """Each thread keeps its stemmers: they may not be shared, and making one costs more than a text."""
    known: dict[str, Any] = _threads.__dict__.setdefault("stems", {})
    if language not in known:
        known[language] = lru_cache(maxsize=50_000)(Stemmer.Stemmer(STEMMERS[language]).stemWord)
    return known[language]


class Vector:
    """The places of every lexeme of one conversation; `literal` is a tsvector as text."""

    def __init__(self, language: str, markers: Iterable[str] = ()) -> None:
        self._language = language
        self._places: dict[str, list[str]] = {marker: [] for marker in markers}
        self._at = 0
        self._bytes = sum(map(len, self._places))

    def add(self, text: str, weight: str) -> None:
        """The words of one text, weight A to D; no phrase reaches over from the text before."""
        for token in tokens(text):
            if self._bytes > MOST_BYTES:
                return
            if not token.is_run:
                self._at += 1
                self._put(lexeme(token.text, self._language), weight)
                continue
            for pair in pairs(token.text):
                self._at += 1
                self._put(pair, weight)
            if len(token.text) > 1:
                self._put(token.text[-1], weight)
        self._at += GAP

    def _put(self, word: str, weight: str) -> None:
        places = self._places.get(word)
        if places is None:
            places = self._places[word] = []
            self._bytes += len(word.encode()) + 4
        places.append(f"{min(self._at, LAST_POSITION)}{weight}")
        self._bytes += 2

    @property
    def literal(self) -> str:
        """As PostgreSQL reads it."""
        return " ".join(f"{quoted(word)}:{','.join(places)}" if places else quoted(word)
                        for word, places in self._places.items())  # fmt: skip


def quoted(word: str) -> str:
    """A lexeme inside a tsvector or tsquery literal."""
    return "'" + word.replace("\\", "\\\\").replace("'", "''") + "'"
