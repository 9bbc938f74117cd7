"""The corpus: filled templates, alone and among other text, split by template so that a score is about sentences never seen."""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from core.privacy.tagger.training.filling import Source, Text, fill, templates
from core.privacy.tagger.training.running_text import chunks

NOBODY = "nobody"
SPLITS = ("train", "dev", "test")
_PREFIXES = ("> ", "> ", "??? ", "# ", "// ", "* ", "- ", "    ", "| ", ">> ")
_JOINTS = (" ", " ", " ", "\n", "\n\n", ". ", " - ", "\t", ", ")


@dataclass(frozen=True, slots=True)
class Size:
    """How many texts a corpus has: `rounds` per template, `code` pieces of running text, `mixed` of both together."""

    rounds: int
    code: int
    mixed: int


def split_of(template: str) -> str:
    """The side of the split a template is on, by its hash: eight, one and one in ten."""
    part = hashlib.sha256(template.encode()).digest()[0] % 10
    return SPLITS[max(0, part - 7)]


def corpus(split: str, size: Size, running: Sequence[str], source: Source) -> list[Text]:
    """Labelled texts of one side of the split, in random order."""
    chosen = [
        (template, group == NOBODY)
        for group, lines in templates().items()
        for template in lines
        if split_of(template) == split
    ]
    texts = [_document(one, chosen, source) for _ in range(size.rounds) for one in chosen]
    around = chunks(list(running), size.code + size.mixed, source)
    for place, piece in enumerate(around):
        if place < size.code:
            texts.append(Text(piece))
        else:
            template, nobody = source.choice(chosen)
            texts.append(_after(Text(piece), fill(template, source, nobody=nobody), source))
    source.shuffle(texts)
    return texts


def _document(one: tuple[str, bool], chosen: list[tuple[str, bool]], source: Source) -> Text:
    template, nobody = one
    text = fill(template, source, nobody=nobody)
    while source.random() < 0.45:
        template, nobody = source.choice(chosen)
        text = _after(text, fill(template, source, nobody=nobody), source)
    return _prefixed(_cased(text, source), source)


def _after(text: Text, more: Text, source: Source) -> Text:
    joint = source.choice(_JOINTS)
    if text.text[-1:].isalnum() and joint == " " and source.random() < 0.5:
        joint = ". "
    at = len(text.text) + len(joint)
    return Text(
        text.text + joint + more.text,
        text.truth + [(start + at, end + at, kind) for start, end, kind in more.truth],
    )


def _prefixed(text: Text, source: Source) -> Text:
    """Sometimes every line is quoted, a comment or an item."""
    if source.random() >= (0.3 if "\n" in text.text else 0.02):
        return text
    before = source.choice(_PREFIXES)
    starts = [0, *(at + 1 for at, character in enumerate(text.text) if character == "\n")]

    def moved(at: int) -> int:
        return at + len(before) * bisect_right(starts, at)

    changed = before + text.text.replace("\n", f"\n{before}")
    return Text(changed, [(moved(start), moved(end - 1) + 1, kind) for start, end, kind in text.truth])


def _cased(text: Text, source: Source) -> Text:
    """Sometimes everything is typed in one case; only where that changes no offset."""
    roll = source.random()
    if roll < 0.09:
        changed = text.text.lower()
    elif roll < 0.115:
        changed = text.text.upper()
    else:
        return text
    return Text(changed, text.truth) if len(changed) == len(text.text) else text
