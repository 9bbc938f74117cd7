"""What two texts differ in, in words for the person who decides about them: the histogram of their edits."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import ngettext

from curation.templated import FILLED_IN, EditType, edit_types


@dataclass(frozen=True, slots=True)
class Edits:
    """`words` is "2 numbers, 1 name", the most first, "" where nothing differs; `templated`: nothing but what is filled in."""

    words: str
    templated: bool


def edits_between(first: str, second: str) -> Edits:
    """Of two texts as they are shown."""
    found = edit_types(first, second)
    words = ", ".join(_counted(kind, count) for kind, count in found.most_common())
    return Edits(words, bool(found) and set(found) <= {*FILLED_IN, EditType.PUNCTUATION, EditType.CASE})


def _counted(kind: EditType, count: int) -> str:
    said = {
        EditType.NUMBER: ngettext("%d number", "%d numbers", count),
        EditType.NAME: ngettext("%d name", "%d names", count),
        EditType.QUOTE: ngettext("%d quoted text", "%d quoted texts", count),
        EditType.IDENTIFIER: ngettext("%d identifier", "%d identifiers", count),
        EditType.CASE: ngettext("%d word in other case", "%d words in other case", count),
        EditType.PUNCTUATION: ngettext("%d punctuation mark", "%d punctuation marks", count),
        EditType.WORD: ngettext("%d word", "%d words", count),
    }
    return said[kind] % count
