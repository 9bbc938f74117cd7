"""Telephone numbers: three strengths of shape, each asking for as much proof as its shape leaves doubt."""

from __future__ import annotations

import re
from functools import lru_cache

_KINDS = (
    "fixed_line", "mobile", "toll_free", "premium_rate", "shared_cost", "personal_number", "voip", "pager", "uan", "voicemail",
)  # fmt: skip
REGIONS = ("US", "GB", "DE", "FR", "ES", "IT", "NL", "IN", "AU", "BR")
_NOT_DIGIT = re.compile(r"[^0-9]")
_EXTENSION = re.compile(r"[ ]?(?:x|ext\.?)[ ]?[0-9]{1,6}$")
_NANP = re.compile(
    r"(?:(?:\+|00)?1[ .\-]?)?(?:\([2-9][0-9]{2}\)[ ]?|[2-9][0-9]{2}[.\-])[0-9]{3}[.\- ]?[0-9]{4}"
)
_FOREIGN = re.compile(r"00[1-9][0-9]{0,2}[ .\-(]")
_DATE_LIKE = re.compile(
    r"(?:19|20)[0-9]{2}[.\-/ ][0-9]{1,2}[.\-/ ][0-9]{1,2}|[0-9]{1,2}[./\-][0-9]{1,2}[./\-](?:19|20)[0-9]{2}"
)
_WORD_BEFORE = re.compile(
    r"(?i)\b(?:phone|telephone|tel|mobile|cell|fax|desk|office|call(?:ing)?(?: (?:me|us|back))?(?: (?:on|at))?|answering at"
    r"|reach(?:ed)?(?: me| us| him| her| them)?(?: (?:on|at))?|whatsapp|sms|text me(?: (?:on|at))?|messages to"
    r"|(?:phone|cell|contact|fax|mobile|telephone) number(?: is)?"
    r"|contact|téléphone|telefon|teléfono|handy|móvil)\b[^\d\n]{0,16}\n?[^\d\n]{0,4}$"
)
_DECIMAL = re.compile(r"[0-9]{1,4}\.[0-9]+|0\.[0-9]+(?:[ ]{1,2}[0-9.]+)+")
_WORD_AFTER = re.compile(r"(?i)[\s\-]{0,3}(?:fax|office|mobile|cell|home|work)\b")


def phone(match: re.Match[str], group: int) -> str | None:
    """The number's digits with a plus where the country is known, or None.

    International and North American shapes stand by themselves (an invented number still names somebody), national
    shapes must be valid somewhere (phonenumbers), and bare digits need a word such as "call" beside them.
    """
    text = match.group(group)
    digits = _digits(text)
    if not digits:
        return None
    return _by_shape(text.strip(), digits) or (digits if _announced(match) else None)


def phone_shape(match: re.Match[str], group: int) -> str | None:
    """The same for numbers that need no word beside them."""
    text = match.group(group)
    digits = _digits(text)
    return _by_shape(text.strip(), digits) if digits else None


def _by_shape(stripped: str, digits: str) -> str | None:
    if stripped.startswith("+"):
        return "+" + digits if len(digits) >= 8 else None
    if _NANP.match(stripped):
        return "+1" + digits[-10:] if len(digits) in (10, 11) else "+" + digits.lstrip("0")
    if _FOREIGN.match(stripped) and len(digits) >= 10:
        return "+" + digits[2:]
    if stripped[0] in "0(" and len(digits) >= 9 and "/" not in stripped:
        return digits if _valid_somewhere(stripped) else None
    return None


def _digits(text: str) -> str:
    """The digits of what may be a number at all: not too few or many, no date, no decimal."""
    text = _EXTENSION.sub("", text) if "x" in text else text
    digits = _NOT_DIGIT.sub("", text)
    if not 7 <= len(digits) <= 17 or len(set(digits)) < 3:
        return ""
    stripped = text.strip()
    return "" if _DATE_LIKE.fullmatch(stripped) or _DECIMAL.fullmatch(stripped) else digits


def _announced(match: re.Match[str]) -> bool:
    """A word such as "call" beside it."""
    before = match.string[max(0, match.start() - 40) : match.start()]
    after = match.string[match.end() : match.end() + 12]
    return _WORD_BEFORE.search(before) is not None or _WORD_AFTER.match(after) is not None


def _valid_somewhere(text: str) -> bool:
    digits = _NOT_DIGIT.sub("", text)
    patterns = _national_patterns()
    if digits.startswith("00"):
        return _valid_abroad(text)
    return any(pattern.fullmatch(digits) for pattern in patterns)


@lru_cache(maxsize=1)
def _national_patterns() -> tuple[re.Pattern[str], ...]:
    """Per region the numbers that libphonenumber holds valid, written nationally: parsing would cost a hundred times more."""
    from phonenumbers import PhoneMetadata

    made = []
    for region in REGIONS:
        data = PhoneMetadata.metadata_for_region(region)
        if data is None:
            continue
        kinds = [getattr(data, kind) for kind in _KINDS]
        numbers = [kind.national_number_pattern for kind in kinds if kind and kind.national_number_pattern]
        prefix = f"(?:{data.national_prefix})?" if data.national_prefix else ""
        made.append(re.compile(prefix + "(?:" + "|".join(f"(?:{number})" for number in numbers) + ")"))
    return tuple(made)


def _valid_abroad(text: str) -> bool:
    """Dialled with an international prefix, which differs from region to region."""
    import phonenumbers

    for region in REGIONS:
        try:
            number = phonenumbers.parse(text, region)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(number):
            return True
    return False
