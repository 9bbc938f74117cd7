"""An invented text of the same shape as a missed one, so that the miss can become a test case without being kept."""

from __future__ import annotations

import hashlib
import hmac
import re
import string

VOWELS, CONSONANTS = "aeiou", "bcdfghjklmnpqrstvwxyz"
FIRST = ("Marta", "Jonas", "Aisha", "Pavel", "Lucia", "Henrik", "Noor", "Tomas", "Ines", "Viktor")
LAST = ("Okafor", "Lindqvist", "Moreau", "Castell", "Brandt", "Haddad", "Novak", "Ferrara", "Doyle", "Sato")
STREETS = re.compile(
    r"(?i)street|st|road|rd|avenue|ave|lane|ln|drive|dr|court|ct|place|square|boulevard|blvd|way|apt|suite|floor|box"
    r"|north|south|east|west|straße|strasse|str|weg|platz|allee|rue|chemin|via|viale|piazza|calle|avenida|plaza"
)
PREFIX = re.compile(
    r"(?:(?:sk|pk|rk|ak|gh[pousr]|github|pat|glpat|xox[a-z]?|hf|npm|pypi|key|api|token|tok|secret|bearer|proj|live|test|prod)[-_.:]){0,3}",
    re.IGNORECASE,
)
CARRIERS = {
    "person": "Please ask {} to call me back.",
    "address": "Send it to {}, thanks.",
    "email": "Write to {} about this.",
    "phone": "My phone number is {}, call me.",
    "card": "Please charge my credit card {} today.",
    "iban": "Transfer it to IBAN {} please.",
    "us_ssn": "My social security number is {}.",
    "ip": "The request came from {} again.",
    "secret": "Use the key {} for it.",
}
IDENTIFIERS = (*CARRIERS, "other")


class _Stream:
    """Numbers that depend on the value and the project's key alone: the same miss gives the same look-alike."""

    def __init__(self, value: str, secret: bytes) -> None:
        self.value, self.secret, self.place = value, secret, 0

    def below(self, limit: int) -> int:
        """The next number, 0 ≤ n < limit."""
        self.place += 1
        message = f"look-alike\0{self.place}\0{self.value}".encode("utf-8", "surrogatepass")
        return int.from_bytes(hmac.new(self.secret, message, hashlib.sha256).digest()[:8]) % limit


def lookalike(value: str, kind: str, secret: bytes) -> tuple[str, int, int]:
    """(text, start, end): an invented sentence in which [start, end) stands where the missed value stood."""
    made = _SHAPED.get(kind, _letters)(value, _Stream(value, secret))
    if _words(value) & _words(
        made
    ):  # it was no such identifier, so its words were not where they belong in one
        made = _letters(value, _Stream(value, secret))
    before, after = CARRIERS.get(kind, "It says {} here.").split("{}")
    return f"{before}{made}{after}", len(before), len(before) + len(made)


def _words(text: str) -> set[str]:
    """Words of a name's length, without what every address and key is made of."""
    found = re.findall(r"[^\W\d_]{3,}", text)
    return {
        word.casefold() for word in found if not STREETS.fullmatch(word) and not PREFIX.fullmatch(f"{word}-")
    }


def _letters(value: str, stream: _Stream, keep: int = 0) -> str:
    """Digit for digit, vowel for vowel, consonant for consonant; the first `keep` characters stay."""
    made = list(value[:keep])
    for character in value[keep:]:
        if character.isdigit():
            made.append(string.digits[stream.below(10)])
        elif character.isalpha():
            letters = VOWELS if character.lower() in VOWELS else CONSONANTS
            letter = letters[stream.below(len(letters))]
            made.append(letter.upper() if character.isupper() else letter)
        else:
            made.append(character)
    return "".join(made)


def _secret(value: str, stream: _Stream) -> str:
    """What its vendor writes before the random part stays; that is what a rule can go by."""
    prefix = PREFIX.match(value)
    return _letters(value, stream, prefix.end() if prefix else 0)


def _email(value: str, stream: _Stream) -> str:
    """The ending stays: two or three letters."""
    ending = re.search(r"@.*(\.[A-Za-z]{2,3})$", value)
    kept = len(ending[1]) if ending else 0
    return _letters(value[: len(value) - kept], stream) + value[len(value) - kept :]


def _phone(value: str, stream: _Stream) -> str:
    """Country and area stay, the subscriber goes: another number could not be dialled."""
    places = [place for place, character in enumerate(value) if character.isdigit()]
    return _digits_at(value, places[min(5, len(places) // 2) :], stream)


def _card(value: str, stream: _Stream) -> str:
    """The issuer's four digits stay, the last one makes the check (Luhn) hold."""
    places = [place for place, character in enumerate(value) if character.isdigit()]
    made = list(_digits_at(value, places[4:], stream))
    for digit in string.digits if places else "":
        made[places[-1]] = digit
        if _luhn("".join(made[place] for place in places)):
            break
    return "".join(made)


def _luhn(digits: str) -> bool:
    doubled = [int(one) * (1 + place % 2) for place, one in enumerate(reversed(digits))]
    return sum(one - 9 * (one > 9) for one in doubled) % 10 == 0


def _iban(value: str, stream: _Stream) -> str:
    """The country stays and the check digits are made to hold (ISO 13616, mod 97)."""
    places = [place for place, character in enumerate(value) if character.isalnum()]
    made = list(_digits_at(value, places[4:], stream))
    compact = "".join(made[place] for place in places).upper()
    if len(compact) > 4 and compact.isascii():
        number = "".join(str(int(one, 36)) for one in compact[4:] + compact[:2] + "00")
        for place, digit in zip(places[2:4], f"{98 - int(number) % 97:02d}", strict=True):
            made[place] = digit
    return "".join(made)


def _ssn(value: str, stream: _Stream) -> str:
    """No group of zeros, no area that was never given out."""
    return re.sub(r"\d", lambda found: str(1 + stream.below(5)), value)


def _ip(value: str, stream: _Stream) -> str:
    """Numbers that an address may hold."""
    if re.fullmatch(r"(?:\d{1,3}\.){3}\d{1,3}", value):
        return re.sub(r"\d+", lambda found: str(11 + stream.below(80)), value)
    if value.count(":") > 1:
        return re.sub(r"[0-9A-Fa-f]", lambda found: string.hexdigits[stream.below(16)], value)
    return _letters(value, stream)


def _person(value: str, stream: _Stream) -> str:
    """Names for names, in the case they were written in."""
    words = re.split(r"(\W+)", value)
    for place in range(0, len(words), 2):
        names = FIRST if place == 0 else LAST
        name = names[stream.below(len(names))]
        word = words[place]
        words[place] = (name if word[:1].isupper() else name.lower()) if word else word
        if word.isupper() and len(word) > 1:
            words[place] = name.upper()
    return "".join(words)


def _address(value: str, stream: _Stream) -> str:
    """Other numbers and other names; the words for kinds of streets are what a rule can go by."""
    words = re.split(r"([^\W\d_]+)", value)
    for place in range(1, len(words), 2):
        if not STREETS.fullmatch(words[place]) and len(words[place]) > 2:
            words[place] = LAST[stream.below(len(LAST))]
    return re.sub(r"\d", lambda found: str(1 + stream.below(8)), "".join(words))


def _digits_at(value: str, places: list[int], stream: _Stream) -> str:
    made = list(value)
    for place in places:
        made[place] = _letters(value[place], stream)
    return "".join(made)


_SHAPED = {
    "secret": _secret,
    "email": _email,
    "phone": _phone,
    "card": _card,
    "iban": _iban,
    "us_ssn": _ssn,
    "ip": _ip,
    "person": _person,
    "address": _address,
}
