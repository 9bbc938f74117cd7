"""Stand-ins for what was removed: the same value gives the same surrogate inside a project, and no two projects agree."""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass, field

ALPHABET = "bcdfghjkmnpqrstv"
LENGTH = 12
LABELS = {
    "email": "EMAIL",
    "phone": "PHONE",
    "card": "CARD",
    "iban": "IBAN",
    "us_ssn": "SSN",
    "ip": "IP",
    "url_credentials": "CREDENTIALS",
    "secret": "SECRET",
    "person": "PERSON",
    "address": "ADDRESS",
}
_DIGEST = f"[{ALPHABET}]{{{LENGTH}}}"
SURROGATE = re.compile(rf"\[[A-Z]{{2,24}}:{_DIGEST}\]|user-{_DIGEST}@example\.invalid")


@dataclass(frozen=True, slots=True)
class SurrogateKey:
    """A project's HMAC key with the id that rows carry; the secret never leaves the process (`repr` hides it)."""

    key_id: str
    secret: bytes = field(repr=False)


def surrogate(kind: str, normal: str, key: SurrogateKey) -> str:
    """HMAC-SHA256 over kind and normalised value, spelled with letters only so that no digit rule can meet it again."""
    message = f"{kind}\0{normal}".encode("utf-8", "surrogatepass")
    digest = hmac.new(key.secret, message, hashlib.sha256).hexdigest()[:LENGTH]
    letters = "".join(ALPHABET[int(character, 16)] for character in digest)
    if kind == "email":
        return f"user-{letters}@example.invalid"
    return f"[{LABELS.get(kind, kind.upper())}:{letters}]"


def is_surrogate(text: str) -> bool:
    """Whether the whole text is one surrogate, which is never redacted a second time."""
    return SURROGATE.fullmatch(text) is not None
