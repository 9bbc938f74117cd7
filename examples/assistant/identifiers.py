"""Invented identifiers that look real enough to be caught: valid checksums, reserved domains and number ranges."""

from __future__ import annotations

import random
import string

FIRST = (
    "ada",
    "bruno",
    "chiara",
    "dmitri",
    "elif",
    "farah",
    "goran",
    "hanna",
    "ines",
    "jonas",
    "kenji",
    "leila",
)
LAST = (
    "moreau",
    "novak",
    "okafor",
    "petrov",
    "quispe",
    "rossi",
    "silva",
    "tanaka",
    "umar",
    "vargas",
    "weber",
    "yilmaz",
)
KINDS = ("EMAIL_ADDRESS", "PHONE_NUMBER", "CREDIT_CARD", "IBAN_CODE", "API_KEY", "IP_ADDRESS")
SENTENCES = {
    "EMAIL_ADDRESS": ("You can reach me at {}.", "Send the answer to {} please."),
    "PHONE_NUMBER": ("Call me on {} if it is easier.", "My number is {}."),
    "CREDIT_CARD": ("The test data has the card {} in it.", "It should match card {}."),
    "IBAN_CODE": ("The column holds values like {}.", "For example the account {}."),
    "API_KEY": ("I call it with the key {}.", "My script has {} in it, is that a problem?"),
    "IP_ADDRESS": ("The server is {}.", "It runs on {}."),
}


def plant(question: str, kind: str, rng: random.Random) -> tuple[str, str]:
    """The question with an identifier of this kind in it, and the identifier."""
    value = MAKERS[kind](rng)
    return f"{question} {rng.choice(SENTENCES[kind]).format(value)}", value


def email(rng: random.Random) -> str:
    """An address in a domain that RFC 2606 reserves."""
    return f"{rng.choice(FIRST)}.{rng.choice(LAST)}{rng.randrange(10, 99)}@example.{rng.choice(('com', 'org', 'net'))}"


def phone(rng: random.Random) -> str:
    """A number in the international form of Germany, the United Kingdom or the United States."""
    return rng.choice((
        f"+49 30 {rng.randrange(2_000_000, 9_999_999)}",
        f"+44 20 7946 {rng.randrange(1000):04d}",
        f"+1 212 555 {rng.randrange(100, 199):04d}",
    ))  # fmt: skip


def card(rng: random.Random) -> str:
    """Sixteen digits with a valid Luhn check digit, in groups of four."""
    digits = "4" + "".join(str(rng.randrange(10)) for _ in range(14))
    check = next(str(last) for last in range(10) if luhn(digits + str(last)))
    number = digits + check
    return " ".join(number[place : place + 4] for place in range(0, 16, 4))


def luhn(digits: str) -> bool:
    """Whether the digits pass the Luhn check (ISO/IEC 7812)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def iban(rng: random.Random) -> str:
    """A German IBAN with valid check digits (ISO 13616)."""
    account = "".join(str(rng.randrange(10)) for _ in range(18))
    check = 98 - int(account + "131400") % 97
    return f"DE{check:02d}{account}"


def api_key(rng: random.Random) -> str:
    """A key in the form of a well-known vendor."""
    letters = string.ascii_letters + string.digits
    tail = "".join(rng.choice(letters) for _ in range(44))
    return rng.choice(
        (
            f"sk-proj-{tail}",
            f"ghp_{tail[:36]}",
            f"AKIA{''.join(rng.choice('ABCDEFGHJKLMNPQRSTUVWXYZ234567') for _ in range(16))}",
        )
    )


def address(rng: random.Random) -> str:
    """A public-looking IPv4 address."""
    return f"{rng.choice((81, 93, 145, 178))}.{rng.randrange(1, 255)}.{rng.randrange(1, 255)}.{rng.randrange(1, 255)}"


MAKERS = {"EMAIL_ADDRESS": email, "PHONE_NUMBER": phone, "CREDIT_CARD": card, "IBAN_CODE": iban,
          "API_KEY": api_key, "IP_ADDRESS": address}  # fmt: skip
