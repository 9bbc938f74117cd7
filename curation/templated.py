"""What is left of a text when everything that is filled in is masked: one template, however many times it was sent.

Django-free. Two strengths: `plain` keeps numbers (a right and a wrong answer may differ in nothing else) and tells whether
a reader could see a difference; `skeleton` masks numbers, names, quoted strings and ids and names the template.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from difflib import SequenceMatcher
from enum import StrEnum

from core.privacy.surrogates import SURROGATE
from core.text import normalise

_SPACE = re.compile(r"\s+")
_MARKUP = re.compile(r"(?<!\w)[*_`#>]+|[*_`]+(?!\w)")
_LAST = re.compile(r"[\s.!?:;]+$")
_READ = 4000
_LONGEST_COMPARED = 400
"""Tokens of each text that are compared one by one; what follows is compared as a whole."""


class EditType(StrEnum):
    """What a difference between two texts is made of."""

    NUMBER = "number"
    NAME = "name"
    QUOTE = "quote"
    IDENTIFIER = "identifier"
    CASE = "case"
    PUNCTUATION = "punctuation"
    WORD = "word"


FILLED_IN = frozenset({EditType.NUMBER, EditType.NAME, EditType.QUOTE, EditType.IDENTIFIER})
_PIECES = re.compile(
    r"(?P<identifier>\b[a-z]+://\S+|\b[\w.+-]+@[\w-]+\.[\w.]+|\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}\b"
    r"|\b(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{8,}\b|\b(?=\w*\d)(?=\w*[A-Za-z])[A-Za-z]+[-_#]?\d[\w-]*\b)"
    r"|(?P<quote>\"[^\"\n]{1,200}\"|“[^”\n]{1,200}”|«[^»\n]{1,200}»|(?<!\w)'[^'\n]{2,200}'(?!\w)|`[^`\n]{1,200}`)"
    r"|(?P<number>[-+]?(?:[$€£]\s?)?\d+(?:[.,:/]\d+)*%?)"
    r"|(?P<word>[^\W\d_]+(?:['’][^\W\d_]+)*)"
    r"|(?P<punctuation>[^\w\s]|_)"
)
_MASKS = {
    EditType.NUMBER: "⟨n⟩",
    EditType.NAME: "⟨name⟩",
    EditType.QUOTE: "⟨text⟩",
    EditType.IDENTIFIER: "⟨id⟩",
}
_ENDS = frozenset(".!?:\n")


def canonical(text: str) -> str:
    """One spelling for texts a reader cannot tell apart: NFC, whitespace runs as one space, trimmed."""
    return _SPACE.sub(" ", unicodedata.normalize("NFC", text)).strip()


def plain(text: str) -> str:
    """A text without redaction surrogates, emphasis marks, case and closing punctuation.

    Numbers stay: "42" against "43" may be the whole difference between a right and a wrong answer.
    """
    bare = _MARKUP.sub("", SURROGATE.sub("", canonical(text)))
    return _LAST.sub("", _SPACE.sub(" ", bare)).strip().casefold()


def skeleton(text: str) -> str:
    """The text with numbers, names, quoted strings and ids masked, neighbours of one mask as one, casefolded."""
    kept: list[str] = []
    for kind, word in _pieces(text[:_READ]):
        mask = _MASKS.get(kind)
        if mask is None:
            kept.append(normalise(word))
        elif not kept or kept[-1] != mask:
            kept.append(mask)
    return _LAST.sub("", " ".join(kept))


def skeleton_hash(text: str, key: bytes = b"") -> str:
    """32 hex digits that name the template of a text, "" for a text without a word; keyed where it is stored."""
    if not any(kind is EditType.WORD for kind, _ in _pieces(text[:_READ])):
        return ""
    masked = skeleton(text)
    return hashlib.blake2b(masked.encode("utf-8", "surrogatepass"), key=key[:64], digest_size=16).hexdigest()


def edit_types(first: str, second: str) -> Counter[EditType]:
    """How often each kind of piece differs between two texts: the histogram of their edits."""
    one, other = _pieces(first[:_READ])[:_LONGEST_COMPARED], _pieces(second[:_READ])[:_LONGEST_COMPARED]
    matcher = SequenceMatcher(None, [word for _, word in one], [word for _, word in other], autojunk=False)
    edits: Counter[EditType] = Counter()
    for tag, start, end, begin, stop in matcher.get_opcodes():
        if tag != "equal":
            edits.update(_edited(one[start:end], other[begin:stop]))
    return edits


def same_template(first: str, second: str) -> bool:
    """Whether two texts differ at most in what is filled in."""
    return skeleton(first) == skeleton(second)


def _edited(gone: list[tuple[EditType, str]], come: list[tuple[EditType, str]]) -> Counter[EditType]:
    """Pieces replaced in place count once; the rest counts on the side it stands."""
    found: Counter[EditType] = Counter()
    for (kind, word), (other, said) in zip(gone, come, strict=False):
        same_but_case = kind == other == EditType.WORD and word.casefold() == said.casefold()
        found[EditType.CASE if same_but_case else max(kind, other, key=_weight)] += 1
    longer = gone[len(come) :] or come[len(gone) :]
    found.update(kind for kind, _ in longer)
    return found


def _weight(kind: EditType) -> int:
    """A word against a number is a difference of words."""
    return (EditType.PUNCTUATION, EditType.CASE, *sorted(FILLED_IN), EditType.WORD).index(kind)


def _pieces(text: str) -> list[tuple[EditType, str]]:
    """The text in pieces; a capitalised word that starts no sentence is a name, and so is a redaction surrogate."""
    pieces: list[tuple[EditType, str]] = []
    at, starts = 0, True
    for surrogate in SURROGATE.finditer(text):
        starts = _split(text[at : surrogate.start()], pieces, starts)
        pieces.append((EditType.NAME, surrogate.group()))
        at, starts = surrogate.end(), False
    _split(text[at:], pieces, starts)
    return pieces


def _split(text: str, pieces: list[tuple[EditType, str]], starts: bool) -> bool:
    """Append the pieces of a stretch without surrogates; whether what follows starts a sentence."""
    for found in _PIECES.finditer(text):
        kind, word = EditType(found.lastgroup or "word"), found.group()
        if kind is EditType.WORD and word[0].isupper() and not starts and word != "I":
            kind = EditType.NAME
        pieces.append((kind, word))
        starts = word in _ENDS
    return starts
