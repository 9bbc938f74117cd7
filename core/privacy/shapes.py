"""The shapes of surrogates, each in a range that is reserved or assigned to nobody, and the patterns that recognise them.

Sources: ISO/IEC 7812 (9 = national assignment, country 999 unassigned), ITU E.164 (+999 reserved), RFC 1112 (240.0.0.0/4),
RFC 3849 (2001:db8::/32), RFC 2606 (.invalid), ISO 13616 with the user-assigned country ZZ, SSA (area 000 is never issued).
"""

from __future__ import annotations

import re
from collections.abc import Callable

ALPHABET = "bcdfghjkmnpqrstv"
LENGTH = 12
_VOWELS = "aeiou"
_SOUNDS = "bdfgklmnprstvz"
_WORD = f"X[{_VOWELS}](?:[{_SOUNDS}][{_VOWELS}])"
_DIGEST = f"[{ALPHABET}]{{{LENGTH}}}"
_OCTET = r"(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"

KEY_PREFIXES = (
    "sk-proj-", "sk-svcacct-", "sk-admin-", "sk-ant-api03-", "sk-ant-admin01-", "sk-ant-", "sk-or-v1-", "sk-lf-", "pk-lf-",
    "sk_live_", "sk_test_", "rk_live_", "rk_test_", "pk_live_", "pk_test_", "whsec_", "github_pat_", "ghp_", "gho_", "ghu_",
    "ghs_", "ghr_", "glpat-", "xoxb-", "xoxp-", "xoxa-", "xoxe-", "xoxs-", "xapp-", "AKIA", "ASIA", "AIza", "hf_", "npm_",
    "pypi-", "gsk_", "xai-", "SG.", "dop_v1_", "shpat_", "dapi", "hvs.", "wnw_", "sk-",
)  # fmt: skip

PATTERNS = {
    "labelled": rf"\[[A-Z](?:[A-Z_]{{0,22}}[A-Z]):{_DIGEST}\]",
    "email": rf"(?<![0-9A-Za-z])user-{_DIGEST}@example\.invalid(?![0-9A-Za-z])",
    "phone": r"(?<![0-9A-Za-z+])(?:\+999 [0-9]{4} [0-9]{4} [0-9]{4}|999[0-9]{12})(?![0-9A-Za-z])",
    "card": r"(?<![0-9A-Za-z])9999"
    r"(?:[0-9]{12}|(?P<card_gap>[ .\-])[0-9]{4}(?P=card_gap)[0-9]{4}(?P=card_gap)[0-9]{4})(?![0-9A-Za-z])",
    "iban": r"(?<![0-9A-Za-z])ZZ[0-9]{2}(?:[0-9]{16}|(?: [0-9]{4}){4})(?![0-9A-Za-z])",
    "us_ssn": r"(?<![0-9A-Za-z\-])000(?P<ssn_gap>[ \-])[0-9]{2}(?P=ssn_gap)[0-9]{4}(?![0-9A-Za-z\-])",
    "ip": rf"(?<![0-9A-Za-z.:])(?:2(?:4[0-9]|5[0-5])(?:\.{_OCTET}){{3}}(?![0-9A-Za-z]|\.[0-9])"
    r"|2001:db8(?::[0-9a-f]{4}){6}(?![0-9A-Za-z:]))",
    "url_credentials": rf"(?<![0-9A-Za-z])redacted:{_DIGEST}(?![0-9A-Za-z])",
    "secret": "(?:" + "|".join(map(re.escape, KEY_PREFIXES)) + rf")redacted{_DIGEST}(?![0-9A-Za-z])",
    "address": rf"(?<![0-9A-Za-z])[0-9]{{1,3}} {_WORD}{{4}} Street(?![0-9A-Za-z])",
    "person": rf"(?<![0-9A-Za-z]){_WORD}{{2}} {_WORD}{{3}}(?![0-9A-Za-z])",
}

MARKERS = (
    rf"\[[A-Z_]{{2,24}}:[{ALPHABET}]{{12}}\]", r"@example\.invalid", r"999", r"ZZ[0-9]{2}", r"000[ \-][0-9]{2}",
    r"2(?:4[0-9]|5[0-5])\.", r"2001:db8:", rf"redacted[:{ALPHABET}]", rf"{_WORD}{{2}}",
)  # fmt: skip

Shape = Callable[[bytes, str], "str | None"]


def letters(digest: bytes) -> str:
    """Twelve letters without a digit, so that no digit rule can meet them again."""
    return "".join(ALPHABET[int(character, 16)] for character in digest.hex()[:LENGTH])


def _digits(digest: bytes, count: int) -> str:
    return str(int.from_bytes(digest[:16]) % 10**count).zfill(count)


def _email(digest: bytes, _like: str) -> str:
    return f"user-{letters(digest)}@example.invalid"


def _phone(digest: bytes, like: str) -> str:
    digits = _digits(digest, 12)
    if like.isdecimal() and like.isascii():
        return f"999{digits}"
    return f"+999 {digits[:4]} {digits[4:8]} {digits[8:]}"


def _card(digest: bytes, like: str) -> str:
    body = "9999" + _digits(digest, 11)
    total = sum(
        int(digit) if place % 2 else sum(divmod(2 * int(digit), 10)) for place, digit in enumerate(body)
    )
    number = body + str(-total % 10)
    found = re.search(r"[0-9]([ .\-])[0-9]", like)
    return (found.group(1) if found else "").join(number[place : place + 4] for place in range(0, 16, 4))


def _iban(digest: bytes, like: str) -> str:
    account = _digits(digest, 16)
    check = 98 - int(account + "353500") % 97
    number = f"ZZ{check:02}{account}"
    return (" " if " " in like or "-" in like else "").join(
        number[place : place + 4] for place in range(0, 20, 4)
    )


def _us_ssn(digest: bytes, like: str) -> str:
    digits = _digits(digest, 6)
    mark = " " if " " in like else "-"
    return f"000{mark}{digits[:2]}{mark}{digits[2:]}"


def _ip(digest: bytes, like: str) -> str:
    if ":" in like:
        return "2001:db8:" + ":".join(digest.hex()[place : place + 4] for place in range(0, 24, 4))
    number = int.from_bytes(digest[:8]) % (2**28 - 1)
    return f"{240 + (number >> 24)}.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"


def _url_credentials(digest: bytes, _like: str) -> str:
    return f"redacted:{letters(digest)}"


def _secret(digest: bytes, like: str) -> str | None:
    for prefix in KEY_PREFIXES:
        if like.startswith(prefix):
            return f"{prefix}redacted{letters(digest)}"
    return None


def _word(number: int, syllables: int) -> tuple[str, int]:
    number, vowel = divmod(number, len(_VOWELS))
    made = "X" + _VOWELS[vowel]
    for _ in range(syllables):
        number, sound = divmod(number, len(_SOUNDS))
        number, vowel = divmod(number, len(_VOWELS))
        made += _SOUNDS[sound] + _VOWELS[vowel]
    return made, number


def _person(digest: bytes, _like: str) -> str:
    given, rest = _word(int.from_bytes(digest[:16]), 2)
    return f"{given} {_word(rest, 3)[0]}"


def _address(digest: bytes, _like: str) -> str:
    number = int.from_bytes(digest[:16])
    return f"{number % 999 + 1} {_word(number // 999, 4)[0]} Street"


SHAPES: dict[str, Shape] = {
    "email": _email,
    "phone": _phone,
    "card": _card,
    "iban": _iban,
    "us_ssn": _us_ssn,
    "ip": _ip,
    "url_credentials": _url_credentials,
    "secret": _secret,
    "person": _person,
    "address": _address,
}
