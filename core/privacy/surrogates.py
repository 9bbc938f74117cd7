"""Stand-ins for what was removed: the same value gives the same surrogate inside a project, and no two projects agree.

Each kind has a shape in a range that nobody is given, so a surrogate is recognised by its shape alone and never redacted a
second time. How many there are of each is the table in docs/redaction.md: two values share one only by chance.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from core.privacy import screens, shapes

ALPHABET = shapes.ALPHABET
LENGTH = shapes.LENGTH
LABELS = {
    "email": "EMAIL",
    "phone": "PHONE",
    "card": "CARD",
    "iban": "IBAN",
    "us_ssn": "SSN",
    "ip": "IP",
    "mac": "MAC",
    "national_id": "NATIONAL_ID",
    "bank_account": "BANK_ACCOUNT",
    "url_credentials": "CREDENTIALS",
    "secret": "SECRET",
    "person": "PERSON",
    "address": "ADDRESS",
}
KINDS = {label: kind for kind, label in LABELS.items()}
SURROGATE = re.compile("|".join(shapes.PATTERNS.values()))
_MARKER = screens.compiled("|".join(shapes.MARKERS))
_LONGEST = 64
_SHAPED = {kind: re.compile(pattern) for kind, pattern in shapes.PATTERNS.items()}


@dataclass(frozen=True, slots=True)
class SurrogateKey:
    """A project's HMAC key with the id that rows carry; the secret never leaves the process (`repr` hides it)."""

    key_id: str
    secret: bytes = field(repr=False)
    originals: dict[str, str] | None = field(default=None, repr=False, compare=False)
    """Where a vault is used: what each surrogate made with this key stands for. Otherwise None, and nothing remembers."""


def surrogate(kind: str, normal: str, key: SurrogateKey, like: str = "") -> str:
    """The stand-in of a normalised value: HMAC-SHA256 over kind and value, in the shape of its kind.

    `like` is the text that is replaced: a card keeps its grouping, a key its vendor's prefix. The digits or letters
    do not depend on it.
    """
    shape = shapes.SHAPES.get(kind)
    made = shape(_digest(kind, normal, key), like) if shape is not None else None
    if made is None:
        return labelled(kind, normal, key)
    if key.originals is not None:
        key.originals[made] = like or normal
    return made


def labelled(kind: str, normal: str, key: SurrogateKey) -> str:
    """`[KIND:letters]`: recognised beside any character, for kinds without a shape and places where a shape would blur."""
    made = f"[{LABELS.get(kind, kind.upper())}:{shapes.letters(_digest(kind, normal, key))}]"
    if key.originals is not None:
        key.originals[made] = normal
    return made


def fitting(kind: str, normal: str, key: SurrogateKey, like: str, before: str, after: str) -> str:
    """The surrogate that is recognised between these neighbours: in the shape of its kind if it can be, else labelled."""
    made = surrogate(kind, normal, key, like)
    found = SURROGATE.match(before + made + after, len(before))
    return made if found and found.end() == len(before) + len(made) else labelled(kind, normal, key)


def _digest(kind: str, normal: str, key: SurrogateKey) -> bytes:
    message = f"{kind}\0{normal}".encode("utf-8", "surrogatepass")
    return hmac.new(key.secret, message, hashlib.sha256).digest()


def is_surrogate(text: str) -> bool:
    """Whether the whole text is one surrogate, which is never redacted a second time."""
    return SURROGATE.fullmatch(text) is not None


def find_surrogates(text: str) -> Iterator[re.Match[str]]:
    """Every surrogate in a text, in order; only where a marker of one stands is looked closer."""
    at = 0
    data = screens.encoded(text)
    for low, high in screens.windows(_MARKER, text, data, _LONGEST, _LONGEST):
        for found in SURROGATE.finditer(text, max(low, at), high):
            at = found.end()
            yield found


def kind_of(text: str) -> str:
    """What a surrogate stands for (email, phone, card, …); empty when the text is none."""
    for kind, pattern in _SHAPED.items():
        if pattern.fullmatch(text):
            if kind != "labelled":
                return kind
            label = text[1:].partition(":")[0]
            return KINDS.get(label, label.lower())
    return ""
