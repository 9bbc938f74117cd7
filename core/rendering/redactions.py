"""What a redaction left behind is shown as a chip: a reader sees that something stood here, and of what kind."""

import re
from html import escape

from django.utils.translation import gettext as _

from core.privacy.surrogates import LABELS, SURROGATE, kind_of

SHOWN_LETTERS = 5
SHORT = 3  # IP and SSN are read as letters, EMAIL and PHONE as words
_MARKUP = re.compile(r"""(<(?:[^>"]|"[^"]*")*>)""")


def _kind_and_mark(surrogate: str) -> tuple[str, str]:
    """The kind as a word, and the few letters or digits that tell one stand-in from another; a name is read whole."""
    kind = kind_of(surrogate)
    word = LABELS.get(kind, kind.upper())
    word = word if len(word) <= SHORT else word.replace("_", " ").lower()
    if kind in ("person", "address") and not surrogate.startswith("["):
        return word, surrogate
    if surrogate.startswith("["):
        return word, surrogate[1:-1].partition(":")[2][:SHOWN_LETTERS]
    if kind == "email":
        return word, surrogate.removeprefix("user-")[:SHOWN_LETTERS]
    return word, "".join(filter(str.isalnum, surrogate))[-SHOWN_LETTERS:]


def chip(surrogate: str) -> str:
    """One chip, for example `email bcdfg`; the same value carries the same letters everywhere in a project."""
    kind, mark = _kind_and_mark(surrogate)
    return _chip(f"{kind} {mark}", kind, "")


def marked_chip(surrogate: str, kind: str, rule: str = "") -> str:
    """A chip for what a mark points at: a labelled surrogate as its letters, one that reads as text as that text."""
    if SURROGATE.fullmatch(surrogate):
        word, mark = _kind_and_mark(surrogate)
        return _chip(f"{word} {mark}", kind.replace("_", " "), rule)
    return _chip(surrogate, kind.replace("_", " "), rule)


def shortened(text: str, most: int) -> str:
    """The text cut to so many characters; a stand-in is kept whole or left out, as half of one reads like a real value."""
    if len(text) <= most:
        return text
    end = most - 1
    for found in SURROGATE.finditer(text):
        if found.start() < end < found.end():
            end = found.start() or found.end()
    return text[:end].rstrip() + "…"


def _chip(words: str, kind: str, rule: str) -> str:
    title = _("Redacted: %(kind)s. The same value has the same stand-in everywhere in this project.") % {
        "kind": kind
    }
    if rule:
        title += " " + _("Rule: %(rule)s.") % {"rule": rule}
    return f'<span class="redacted" title="{escape(title)}">{escape(words)}</span>'


def with_chips(html: str) -> str:
    """Escaped HTML with every surrogate in its text (never inside a tag) turned into a chip."""
    if not SURROGATE.search(html):
        return html
    pieces = _MARKUP.split(html)
    return "".join(
        piece if piece.startswith("<") else SURROGATE.sub(lambda found: chip(found[0]), piece)
        for piece in pieces
    )
