"""Which pairs are worth a person's time: identical answers tie, templated ones teach nothing."""

import re
import unicodedata
from enum import StrEnum

from core.privacy.surrogates import SURROGATE

_SPACE = re.compile(r"\s+")
_MARKUP = re.compile(r"(?<!\w)[*_`#>]+|[*_`]+(?!\w)")
_LAST = re.compile(r"[\s.!?:;]+$")


class PairFilter(StrEnum):
    """Why a pair is not shown. Identical becomes an automatic tie, the others are dropped."""

    IDENTICAL = "identical"
    TEMPLATED = "templated"
    EMPTY = "empty"


def canonical(text: str) -> str:
    """One spelling for texts a reader cannot tell apart: NFC, whitespace runs as one space, trimmed."""
    return _SPACE.sub(" ", unicodedata.normalize("NFC", text)).strip()


def template(text: str) -> str:
    """What is left of a text without redaction surrogates, emphasis marks, case and closing punctuation.

    Numbers stay: "42" against "43" may be the whole difference between a right and a wrong answer.
    """
    plain = _MARKUP.sub("", SURROGATE.sub("", canonical(text)))
    return _LAST.sub("", _SPACE.sub(" ", plain)).strip().casefold()


def why_not_shown(first: str, second: str) -> PairFilter | None:
    """Return why two answers to one prompt are not worth judging, or None if they are."""
    a, b = canonical(first), canonical(second)
    if not a or not b:
        return PairFilter.EMPTY
    if a == b:
        return PairFilter.IDENTICAL
    if template(first) == template(second):
        return PairFilter.TEMPLATED
    return None
