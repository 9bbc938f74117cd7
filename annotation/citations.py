"""Citations in an answer → links to the passages it was given; one that cites what it was never given says so.

Read in rendered HTML, outside code, links and formulas: `[1]`, `[1][2]`, `【1†…】`, `[doc-3]`, `[doc-3#12]`, `(Source: doc-3)`
and links to a passage's address. Numbers count from 1. Where tools gave the answer something too, nothing is called dead.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape, unescape
from typing import ClassVar

from django.utils.translation import gettext as _

from curation.conversation import Retrieved

_MARKUP = re.compile(r"(<[^>]*>)")
_TAG = re.compile(r"<(/?)(code|pre|a|math)\b")
_LINK = re.compile(r'<a href="([^"]*)"([^>]*)>')
_NUMBERS = re.compile(r"(?<![\w)\]])(?:\[\^?\d{1,2}(?:\s?[,;]\s?\d{1,2}){0,9}\])+(?![(\w])")
_NUMBER = re.compile(r"\d{1,2}")
_CORNERED = re.compile(r"【(\d{1,2})[^】\n]{0,80}】")
_BRACKETED = re.compile(r"(?<!\w)\[([^\[\]\n]{2,80})\](?!\()")
_SOURCE = re.compile(
    r"(?<=\()(Sources?: ?)([^()\n]{2,80})(?=\))|^(Sources?: ?)([^()\n]{2,80})$", re.IGNORECASE
)
_LOOKS_CITED = re.compile(r"(?:doc|document|source|passage|ref|chunk)[\s_#:-]*\d[\w.#:-]*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Citations:
    """The passages one answer was given, in their order, and the beginning of their names in the page."""

    passages: Sequence[Retrieved]
    anchor: str
    has_other_sources: bool = False
    do_not_call_in_templates: ClassVar = True

    def __call__(self, html: str) -> str:
        """The answer's HTML with its citations opened."""
        if "[" not in html and "【" not in html and "ource" not in html and "<a " not in html:
            return html
        inside, made = 0, []
        for piece in _MARKUP.split(html):
            if piece.startswith("<"):
                if tag := _TAG.match(piece):
                    inside += -1 if tag[1] else 1
                made.append(_LINK.sub(self._address, piece))
            else:
                made.append(piece if inside else self._text(piece))
        return "".join(made)

    def _text(self, text: str) -> str:
        text = _NUMBERS.sub(lambda found: _NUMBER.sub(self._number, found[0]), text)
        text = _CORNERED.sub(lambda found: self._shown(found[0], int(found[1]) - 1), text)
        pieces = _MARKUP.split(text)  # what is cited by number is done; names are read in the rest
        return "".join(one if one.startswith("<") else self._names(one) for one in pieces)

    def _names(self, text: str) -> str:
        text = _BRACKETED.sub(self._bracketed, text)
        return text if "class=" in text else _SOURCE.sub(self._source, text)

    def _number(self, found: re.Match[str]) -> str:
        return self._shown(found[0], int(found[0]) - 1)

    def _bracketed(self, found: re.Match[str]) -> str:
        place = self._named(found[1])
        if place is None and not _LOOKS_CITED.fullmatch(found[1]):
            return found[0]
        return f"[{self._shown(found[1], place)}]"

    def _source(self, found: re.Match[str]) -> str:
        word, name = (found[1], found[2]) if found[1] else (found[3], found[4])
        return word + self._shown(name, self._named(name))

    def _address(self, found: re.Match[str]) -> str:
        address = unescape(found[1])
        for place, passage in enumerate(self.passages):
            if address and address in (passage.get("uri"), passage["document_id"]):
                return f'<a class="cite" href="#{escape(self.anchor)}-{place + 1}" data-cite>'
        return found[0]

    def _named(self, name: str) -> int | None:
        """The place of the passage of that document; `doc-3#12` and `doc-3:12` name a part of `doc-3`."""
        wanted = unescape(name).strip().casefold()
        ids = [passage["document_id"].casefold() for passage in self.passages]
        for one in (wanted, re.split(r"[#:]", wanted, maxsplit=1)[0]):
            if one and one in ids:
                return ids.index(one)
        return None

    def _shown(self, words: str, place: int | None) -> str:
        if place is not None and 0 <= place < len(self.passages):
            return f'<a class="cite" href="#{escape(self.anchor)}-{place + 1}" data-cite>{words}</a>'
        if self.has_other_sources:
            return words
        word, title = escape(_("not given")), escape(_("The answer was given no such passage."))
        return f'<span class="cite cite--dead" title="{title}" data-word="{word}">{words}</span>'
