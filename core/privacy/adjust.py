"""What people said about single values, on top of the rules: reported misses go, spared values stay."""

from __future__ import annotations

from core.privacy.detect import Hit
from core.privacy.folds import fold
from core.privacy.literals import find_literals
from core.privacy.rules import RuleSet
from core.privacy.surrogates import SURROGATE, SurrogateKey, surrogate


def adjusted(text: str, hits: list[Hit], key: SurrogateKey, rules: RuleSet) -> list[Hit]:
    """The hits without the spared values, and with the literals (which win: a person named exactly this text)."""
    kept = [hit for hit in hits if not _spared(text, hit, key, rules)]
    named = [
        Hit(start, end, one.id, one.kind, normal)
        for start, end, one, normal in find_literals(fold(text), rules.literals)
        if not _inside_surrogate(text, start, end)
    ]
    if not named:
        return kept
    named.sort(key=lambda hit: (hit.start, -hit.end))
    apart: list[Hit] = []
    for hit in named:
        if not apart or hit.start >= apart[-1].end:
            apart.append(hit)
    free = [hit for hit in kept if all(hit.end <= one.start or one.end <= hit.start for one in apart)]
    return sorted([*free, *apart], key=lambda hit: hit.start)


def _spared(text: str, hit: Hit, key: SurrogateKey, rules: RuleSet) -> bool:
    if not rules.spared:
        return False
    stand_in = surrogate(hit.kind, hit.normal, key, text[hit.start : hit.end])
    return bare(stand_in) in rules.spared


def bare(stand_in: str) -> str:
    """A surrogate without its grouping: how it is spelled follows the text it stood in for, its letters and digits do not."""
    return "".join(character for character in stand_in if character.isalnum()).casefold()


def _inside_surrogate(text: str, start: int, end: int) -> bool:
    """The letters of a surrogate are nobody's value."""
    around = SURROGATE.finditer(text, max(0, start - 64), min(len(text), end + 64))
    return any(found.start() < end and start < found.end() for found in around)
