"""Validators named by rules: each takes a match and returns the normalised value, or None when it is not what it looks like."""

from __future__ import annotations

import base64
import ipaddress
import re
from collections.abc import Callable
from functools import lru_cache
from importlib import import_module

from core.privacy.phones import phone, phone_shape
from core.privacy.surrogates import is_surrogate

Check = Callable[["re.Match[str]", int], "str | None"]

_IIN = re.compile(
    r"(?:4(?:\d{12}|\d{15}|\d{18})|5[1-5]\d{14}|(?:222[1-9]|22[3-9]\d|2[3-6]\d\d|27[01]\d|2720)\d{12}|3[47]\d{13}"
    r"|35\d{14,17}|(?:2131|1800)\d{11}|3(?:0[0-5]|[689]\d)\d{11,16}|(?:6011|64[4-9]\d|65\d\d)\d{12,15}"
    r"|62\d{14,17}|(?:50|5[6-8]|6\d)\d{10,17})$"
)
_AT = re.compile("%40|&#0{0,4}64;|&#[xX]0{0,4}40;|&commat;")
_STDNUM = re.compile(r"stdnum(?:\.[a-z]{2}_?)?\.[a-z0-9_]{2,20}")
_LUHN_ODD = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)


def luhn(digits: str) -> bool:
    """ISO/IEC 7812 check digit."""
    total = 0
    for place, character in enumerate(reversed(digits)):
        value = ord(character) - 48
        total += _LUHN_ODD[value] if place % 2 else value
    return total % 10 == 0


def card_number(digits: str) -> bool:
    """A payment card: an issuer's range, its length, and the check digit."""
    return _IIN.match(digits) is not None and luhn(digits) and len(set(digits)) > 1


def _card(match: re.Match[str], group: int) -> str | None:
    digits = re.sub(r"[^0-9]", "", match.group(group))
    return digits if card_number(digits) else None


def _iban(match: re.Match[str], group: int) -> str | None:
    """ISO 13616 check digits only: a country's own inner checks change, and a made-up account still names someone."""
    compact = re.sub(r"[ \-]", "", match.group(group)).upper()
    if not 15 <= len(compact) <= 34:
        return None
    turned = compact[4:] + compact[:4]
    return compact if int("".join(str(int(character, 36)) for character in turned)) % 97 == 1 else None


def _email(match: re.Match[str], group: int) -> str | None:
    text = _AT.sub("@", match.group(group))
    return None if is_surrogate(text) else text.casefold()


def _ip(match: re.Match[str], group: int) -> str | None:
    text = match.group(group)
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    if address.is_loopback or address.is_unspecified or text == "255.255.255.255":
        return None
    if address.version == 6:
        groups = [part for part in text.split(":") if part]
        if len(groups) < 3 or not any(character.isdigit() for character in text):
            return None
    return address.compressed


def _mixed(match: re.Match[str], group: int) -> str | None:
    """A token has a digit and a letter; `sk-learn-like-identifiers` do not."""
    text = match.group(group)
    letters = any(character.isalpha() for character in text)
    return text if letters and any(character.isdigit() for character in text) else None


def _random_looking(match: re.Match[str], group: int) -> str | None:
    """Right-hand sides of assignments: digits, letters, and few repeats, so that code and prose stay."""
    text = match.group(group)
    if _mixed(match, group) is None or len(set(text)) < min(8, len(text) * 0.5):
        return None
    return text


def _digits(match: re.Match[str], group: int) -> str | None:
    """Document numbers: at least four digits, spaces and dashes aside."""
    text = re.sub(r"[ \-]", "", match.group(group))
    return text if sum(character.isdigit() for character in text) >= 4 else None


def _basic_auth(match: re.Match[str], group: int) -> str | None:
    """RFC 7617: base64 of `user:password`; other words behind "basic" stay."""
    text = match.group(group)
    try:
        plain = base64.b64decode(text, validate=True).decode()
    except ValueError:
        return None
    return text if ":" in plain and plain.isprintable() else None


CHECKS: dict[str, Check] = {
    "": lambda match, group: match.group(group),
    "basic_auth": _basic_auth,
    "card": _card,
    "digits": _digits,
    "email": _email,
    "iban": _iban,
    "ip": _ip,
    "mixed": _mixed,
    "phone": phone,
    "phone_shape": phone_shape,
    "random_looking": _random_looking,
}


@lru_cache(maxsize=256)
def check_named(name: str) -> Check:
    """The validator of a rule: one of ours, or `stdnum.<module>` for the check digits of that number; raises KeyError."""
    if not name.startswith("stdnum."):
        return CHECKS[name]
    if not _STDNUM.fullmatch(name):
        raise KeyError(name)
    try:
        module = import_module(name)
    except ImportError:
        raise KeyError(name) from None

    def valid(match: re.Match[str], group: int) -> str | None:
        text = match.group(group)
        try:
            return str(module.compact(text)).upper() if module.is_valid(text) else None
        except (LookupError, TypeError, ValueError):
            return None  # some modules stumble over what they do not know, such as an unheard-of birth place

    return valid
