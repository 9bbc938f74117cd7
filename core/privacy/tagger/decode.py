"""From scores to spans: runs of one label, joined inside an address, made whole words, and kept only when plausible."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import accumulate
from typing import NamedTuple

from core.privacy.tagger.boundaries import boundaries, pieces
from core.privacy.tagger.features import COMMON, CUE, KNOWN, LISTED, NAME, PLACE, THING, TITLE
from core.privacy.tagger.tagging import Scores
from core.privacy.tagger.things import ANSWERS, THINGS
from core.privacy.tagger.tokens import MASK

PERSON, ADDRESS = 1, 2
KINDS = {PERSON: "person", ADDRESS: "address"}
Entity = tuple[int, int, str]
Run = tuple[int, int, int]

_SHORT_BRIDGE, _BRIDGE = 2, 7
_SURE, _DOUBT, _CUE = 3.0, 4.0, 7.5
_PARTICLES = {"van", "von", "de", "der", "den", "del", "della", "di", "da", "dos", "das", "du", "la", "le", "los", "las", "el", "al"} | {
    "bin", "ben", "ibn", "y", "e", "i", "zu", "zum", "zur", "ter", "ten", "af", "av", "of", "und", "and", "et"
}  # fmt: skip


class _Read(NamedTuple):
    """A text as it was read: its tiles, the kind of each, and how sure the network was where it saw something."""

    tiles: list[str]
    kinds: list[int]
    margins: dict[int, float]
    lexicon: Mapping[str, int]


def spans(text: str, tiles: list[str], scores: Scores, lexicon: Mapping[str, int]) -> list[Entity]:
    """Non-overlapping entities in order; who is named once in a text is found again where the network was in doubt."""
    kinds, places, person, address = scores
    labels: dict[int, int] = {}
    margins: dict[int, float] = {}
    for place, one, other in zip(places, person, address, strict=True):
        if one > 0 or other > 0:
            labels[place], margins[place] = (PERSON, one) if one >= other else (ADDRESS, other)
    if not labels:
        return []
    read = _Read(tiles, kinds, margins, lexicon)
    runs = _kept(read, labels)
    names = {
        tiles[place].strip(" \t")
        for first, last, label in runs
        if label == PERSON
        for place in range(first, last + 1)
        if kinds[place] & NAME
    }
    if names and (again := _again(scores, read, names)):
        labels.update(dict.fromkeys(again, PERSON))
        margins.update(dict.fromkeys(again, _SURE))
        runs = _kept(read, dict(sorted(labels.items())))
    return _entities(text, read, runs)


def _again(scores: Scores, read: _Read, names: set[str]) -> list[int]:
    """Where one of these names stands, and the network saw nobody but was in doubt."""
    return [
        place
        for place, margin in zip(scores.places, scores.person, strict=True)
        if -_DOUBT < margin <= 0 and place not in read.margins and read.tiles[place].strip(" \t") in names
    ]


def _kept(read: _Read, labels: dict[int, int]) -> list[Run]:
    kept: list[Run] = []
    for first, last, label in _runs(read.tiles, labels):
        run = _person(read, first, last) if label == PERSON else (first, last)
        if run is not None:
            kept.append((*run, label))
    return kept


def _entities(text: str, read: _Read, runs: list[Run]) -> list[Entity]:
    ends = list(accumulate(map(len, read.tiles)))
    found: list[Entity] = []
    for first, last, label in runs:
        road = label == ADDRESS and _road(read, first, last)
        start = ends[first] - len(read.tiles[first].lstrip(" \t"))
        for piece in pieces(text, start, ends[last], label == PERSON):
            whole = boundaries(text, *piece, label == PERSON, road)
            if whole is not None:
                _append(found, (*whole, KINDS[label]), text)
    return found


def _append(found: list[Entity], one: Entity, text: str) -> None:
    """Two names with blanks or a hyphen between them are one; an overlap goes to the earlier."""
    if found and found[-1][1] > one[0]:
        return
    if found and found[-1][2] == one[2] == KINDS[PERSON] and text[found[-1][1] : one[0]] in (" ", "  ", "-"):
        one = (found.pop()[0], *one[1:])
    found.append(one)


def _runs(tiles: list[str], labels: dict[int, int]) -> list[Run]:
    runs: list[Run] = []
    for place, label in labels.items():
        if runs:
            first, last, before = runs[-1]
            if label == before and (
                place == last + 1 or (label == ADDRESS and _joined(tiles, last + 1, place))
            ):
                runs[-1] = (first, place, label)
                continue
        runs.append((place, place, label))
    return runs


def _joined(tiles: list[str], first: int, end: int) -> bool:
    """Whether what lies between two pieces of an address may belong to it: place names, numbers, commas, line breaks."""
    if end - first > _BRIDGE:
        return False
    words = [tile.strip(" \t") for tile in tiles[first:end]]
    if any(word[:1] == MASK for word in words):
        return False
    return end - first <= _SHORT_BRIDGE or not any(
        word[:1].islower() or word in (".", ";", "!", ":") for word in words
    )


def _person(read: _Read, first: int, last: int) -> tuple[int, int] | None:
    """The run without lower-case words at its edges and with the capitalised strangers beside it, or None when nobody is in it."""
    tiles, kinds, margins, lexicon = read
    bare = [tile.strip(" \t") for tile in tiles[first : last + 1]]
    low, high = 0, len(bare)
    if any(word[:1].isupper() for word in bare):
        while low < high and _droppable(bare[low]):
            low += 1
        while high > low and _droppable(bare[high - 1]):
            high -= 1
    first, last = first + low, first + high - 1
    if first > last:
        return None
    if _whole_text(tiles, first, last) and bare[low].lower() in ANSWERS:
        return None
    named = any(kind & NAME for kind in kinds[first : last + 1])
    if max([margins[place] for place in range(first, last + 1)]) < _least(bare[low:high], named, lexicon):
        return None
    while last + 1 < len(tiles) and tiles[last + 1][:1] == " " and _stranger(read, last + 1, NAME):
        last += 1
    while first and tiles[first][:1] == " " and _stranger(read, first - 1, LISTED):
        first -= 1
    return _with_title(tiles, first, lexicon), last


def _whole_text(tiles: list[str], first: int, last: int) -> bool:
    """Whether one word is all there is: an answer such as "Green.", a value such as "Rose"."""
    if first != last or len(tiles) > 4:
        return False
    return not any(tile.strip(" \t").isalpha() for tile in tiles[:first] + tiles[last + 1 :])


def _with_title(tiles: list[str], first: int, lexicon: Mapping[str, int]) -> int:
    before = first - 1
    if before > 0 and tiles[before] == ".":
        before -= 1
    title = tiles[before].strip(" \t") if before >= 0 and tiles[first][:1] == " " else ""
    return before if title[:1].isupper() and lexicon.get(title.lower(), 0) & TITLE else first


def _least(words: list[str], named: bool, lexicon: Mapping[str, int]) -> float:
    """How sure the network must be: more where the word has another meaning, most where nothing is capitalised.

    Above `_CUE` it is only where something said so: a greeting, a title, "my name is".
    """
    if len(words) == 1 and words[0].lower() in THINGS:
        return _CUE
    known = lexicon.get(words[0].lower(), 0) if len(words) == 1 else 0
    if not any(word[:1].isupper() for word in words):
        return (3 if not named else 2 if known & KNOWN else 1) * _SURE
    doubtful = not named or known & (PLACE | THING | COMMON) or all(word.isupper() for word in words)
    return _SURE if doubtful else 0.0


def _droppable(word: str) -> bool:
    return not word[:1].isupper() and word not in _PARTICLES and word != "."


def _stranger(read: _Read, place: int, wanted: int) -> bool:
    tile = read.tiles[place]
    word = tile.strip(" \t")
    return bool(read.kinds[place] & wanted) and len(tile) - len(word) < 2 and word[:1].isupper()


def _road(read: _Read, first: int, last: int) -> bool:
    """Whether a run is surely a street although it may have no number."""
    if not any(kind & CUE for kind in read.kinds[first : last + 1]):
        return False
    return max(read.margins.get(place, 0.0) for place in range(first, last + 1)) > 2 * _SURE
