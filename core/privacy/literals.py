"""Single values that must go although no rule knows their form: known by a keyed hash of their words, never by themselves."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

SHORTEST = 3
MOST_WORDS = 12
_WORD = re.compile(r"\w+")


class Unbound(Exception):
    """A literal without its secret matches nothing, so nothing may pass: the caller fails closed."""


@dataclass(frozen=True, slots=True)
class Literal:
    """One value: the lengths of its words (what a search can go by) and the keyed hash of the words themselves."""

    id: str
    kind: str
    shape: tuple[int, ...]
    digest: str
    key_id: str
    secret: bytes = field(default=b"", repr=False, compare=False)

    def as_data(self) -> dict[str, Any]:
        """The JSON form stored with a rule version; the secret is never part of it."""
        return {
            "id": self.id,
            "kind": self.kind,
            "shape": list(self.shape),
            "digest": self.digest,
            "key_id": self.key_id,
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Literal:
        """Without its secret; raises KeyError, TypeError or ValueError."""
        shape = tuple(int(length) for length in data["shape"])
        return cls(str(data["id"]), str(data["kind"]), shape, str(data["digest"]), str(data["key_id"]))

    def bound(self, secret: bytes) -> Literal:
        """Able to match: `secret` is the key the digest was made with."""
        return replace(self, secret=secret)


def words_of(text: str) -> list[str]:
    """Words, case folded: what stands between them may differ from place to place."""
    return [word.casefold() for word in _WORD.findall(text)]


def whole_words(text: str, start: int, end: int) -> tuple[int, int]:
    """The stretch widened to the words it touches, without blanks at its ends; (start, start) when it holds no word."""
    touched = [found.span() for found in _WORD.finditer(text) if found.start() < end and start < found.end()]
    return (touched[0][0], touched[-1][1]) if touched else (start, start)


def literal_of(text: str, *, name: str, kind: str, key_id: str, secret: bytes) -> Literal:
    """The literal for this value; raises ValueError where it is too short or too long to be told from other text."""
    words = [found.group() for found in _WORD.finditer(text)]
    if not words or sum(map(len, words)) < SHORTEST or len(words) > MOST_WORDS:
        raise ValueError("a literal has one to twelve words and at least three letters or digits")
    shape = tuple(len(word) for word in words)
    return Literal(name, kind, shape, digest(words_of(text), secret), key_id, secret)


def digest(words: Sequence[str], secret: bytes) -> str:
    """HMAC-SHA256 over the folded words, in hex."""
    return hmac.new(
        secret, "\0".join(["literal", *words]).encode("utf-8", "surrogatepass"), hashlib.sha256
    ).hexdigest()


def find_literals(text: str, literals: Sequence[Literal]) -> Iterator[tuple[int, int, Literal, str]]:
    """(start, end, literal, normalised value) of every place; raises Unbound."""
    for one in literals:
        if not one.secret:
            raise Unbound
        for found in _search(one.shape).finditer(text):
            words = words_of(found.group(1))
            if hmac.compare_digest(digest(words, one.secret), one.digest):
                yield found.start(1), found.end(1), one, " ".join(words)


@lru_cache(maxsize=1024)
def _search(shape: tuple[int, ...]) -> re.Pattern[str]:
    """Words of these lengths in a row, at every place: a lookahead, so that one candidate hides no other."""
    words = r"\W{1,4}".join(rf"\w{{{length}}}" for length in shape)
    return re.compile(rf"(?<!\w)(?=({words})(?!\w))")
