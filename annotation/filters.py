"""Which pairs are worth a person's time: identical answers tie, templated ones teach nothing."""

from enum import StrEnum

from curation.templated import canonical, plain

__all__ = ["PairFilter", "canonical", "why_not_shown"]


class PairFilter(StrEnum):
    """Why a pair is not shown. Identical becomes an automatic tie, the others are dropped."""

    IDENTICAL = "identical"
    TEMPLATED = "templated"
    EMPTY = "empty"


def why_not_shown(first: str, second: str) -> PairFilter | None:
    """Return why two answers to one prompt are not worth judging, or None if they are."""
    a, b = canonical(first), canonical(second)
    if not a or not b:
        return PairFilter.EMPTY
    if a == b:
        return PairFilter.IDENTICAL
    if plain(first) == plain(second):
        return PairFilter.TEMPLATED
    return None
