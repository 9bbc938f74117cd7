"""Planted secrets and where they turn up: every canary holds one of a few words that nothing else holds."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import zstandard

WORD = "zqcanary"
CARD, IBAN_BODY, PHONE = "4111773344119922", "773344119922551188", "+49 30 77334411"
ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
LARGEST_FRAME = 4 << 20


def _luhn(digits: str) -> bool:
    doubled = [int(one) * (1 + place % 2) for place, one in enumerate(reversed(digits))]
    return sum(one - 9 * (one > 9) for one in doubled) % 10 == 0


def card() -> str:
    """A valid card number."""
    return next(f"{CARD[:-1]}{digit}" for digit in range(10) if _luhn(f"{CARD[:-1]}{digit}"))


def iban() -> str:
    """A valid German IBAN."""
    return f"DE{98 - int(IBAN_BODY + '131400') % 97:02d}{IBAN_BODY}"


@dataclass
class Planter:
    """Makes one unique text of canaries for each place and remembers which place that was."""

    places: dict[str, str] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def email(self, place: str) -> str:
        """An address that names its place."""
        return f"{self._word(place)}@leak-probe.example"

    def key(self, place: str) -> str:
        """An API key that names its place."""
        return f"sk-proj-{self._word(place)}Ab3Cd5Ef7Gh9Jk2Lm4Np6"

    def all(self, place: str) -> str:
        """Every kind of canary in one text."""
        word = self._word(place)
        token = base64.urlsafe_b64encode(b'{"alg":"HS256","typ":"JWT"}').decode().rstrip("=")
        body = "\n".join(f"{word}{letter}" * 3 for letter in "ABC")
        return (
            f"Write to {word}@leak-probe.example or call {PHONE}. Pay by credit card {card()} or IBAN {iban()}."
            f" api_key=sk-proj-{word}Ab3Cd5Ef7Gh9Jk2Lm4Np6 and ghp_{word}Ab3Cd5Ef7Gh9Jk2Lm4Np6Qr8St0Uv"
            f" Authorization: Bearer {token}.{token[:12]}{word}.{word}Ab3Cd5Ef7Gh9"
            f" -----BEGIN RSA PRIVATE KEY-----\n{body}\n-----END RSA PRIVATE KEY-----"
            f" https://{word}:{word}Pass7word9@leak-probe.example/path"
        )

    def _word(self, place: str) -> str:
        word = f"{WORD}{next(self._numbers):04d}"
        self.places[word] = place
        return word


def _spellings() -> list[bytes]:
    """The words in the forms in which bytes may keep them: as they are, base64 at any offset, hex, UTF-16."""
    found = [
        WORD.encode(),
        WORD.upper().encode(),
        CARD[:15].encode(),
        b"4111 7733 4411 992",
        IBAN_BODY.encode(),
    ]
    found += [
        PHONE.encode(),
        PHONE.replace(" ", "").encode(),
        WORD.encode().hex().encode(),
        WORD.encode("utf-16-le"),
    ]
    for offset in range(3):
        inside = base64.b64encode(b"\0" * offset + WORD.encode())
        found.append(inside[4 if offset else 0 : len(inside) // 4 * 4 - 4])
    return found


SPELLINGS = _spellings()


@dataclass(frozen=True)
class Find:
    """A canary that should not be there."""

    where: str
    place: str
    around: bytes


def search(
    data: bytes, where: str, planter: Planter, spellings: Sequence[bytes] = SPELLINGS
) -> Iterator[Find]:
    """Every spelling in these bytes, and in what zstd frames among them unpack to."""
    for spelling in spellings:
        at = data.find(spelling)
        if at >= 0:
            around = data[max(0, at - 60) : at + 60]
            word = re.search(rf"{WORD}\d{{4}}".encode(), around, re.IGNORECASE)
            yield Find(where, planter.places.get(word[0].decode().lower(), "?") if word else "?", around)
    at = data.find(ZSTD_MAGIC)
    while at >= 0:
        yield from _search_frame(data[at : at + LARGEST_FRAME], f"{where} (packed)", spellings)
        at = data.find(ZSTD_MAGIC, at + 4)


def _search_frame(data: bytes, where: str, spellings: Sequence[bytes]) -> Iterator[Find]:
    """A frame may be cut into pieces by the database: what its beginning unpacks to is searched."""
    unpacked, reader = b"", zstandard.ZstdDecompressor().decompressobj()
    try:
        for start in range(0, min(len(data), 1 << 16), 512):
            unpacked += reader.decompress(data[start : start + 512])
            if reader.eof:
                break
    except zstandard.ZstdError:
        pass
    for spelling in spellings:
        at = unpacked.find(spelling)
        if at >= 0:
            yield Find(where, "?", unpacked[max(0, at - 60) : at + 60])


def search_folder(folder: Path, planter: Planter) -> list[Find]:
    """Every file below."""
    found: list[Find] = []
    for file in sorted(folder.rglob("*")):
        if file.is_file() and not file.is_symlink():
            found += search(file.read_bytes(), str(file.relative_to(folder)), planter)
    return found


def search_rows(connection: Any, planter: Planter, spellings: Sequence[bytes] = SPELLINGS) -> list[Find]:
    """Every row of every table as the owner reads it: what TOAST compresses cannot be seen in a heap file."""
    found: list[Find] = []
    with connection.cursor() as cursor:
        cursor.execute("SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public'")
        for (table,) in cursor.fetchall():
            cursor.execute(f"SELECT t.* FROM {table} t")
            for row in cursor:
                for column, value in zip(cursor.description, row, strict=True):
                    data = (
                        bytes(value)
                        if isinstance(value, bytes | memoryview)
                        else str(value).encode("utf-8", "replace")
                    )
                    found += search(data, f"row of {table}.{column.name}", planter, spellings)
    return found
