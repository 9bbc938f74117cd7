"""The one text every offset refers to: NFC, LF, no NUL; plus the names derived from it."""

from __future__ import annotations

import hashlib
import unicodedata

BYTE_ORDER_MARK = "\ufeff"


class Unreadable(ValueError):
    """A text that cannot be kept exactly; `reason` is fit to show to the person who sent it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def canonicalise(raw: str) -> str:
    """Return the canonical text: offsets count its Unicode code points. Raises Unreadable."""
    if "\x00" in raw:
        raise Unreadable(f"contains a NUL character at offset {raw.index(chr(0))}")
    try:
        raw.encode("utf-8")
    except UnicodeEncodeError as error:
        raise Unreadable(f"contains half a surrogate pair at offset {error.start}") from error
    text = raw.removeprefix(BYTE_ORDER_MARK).replace("\r\n", "\n").replace("\r", "\n")
    text = unicodedata.normalize("NFC", text)
    if not text.strip():
        raise Unreadable("holds nothing but blanks")
    return text


def storable(words: str) -> str:
    """Words from a request without what PostgreSQL cannot compare: NUL and halves of surrogate pairs."""
    return words.replace("\x00", " ").encode("utf-8", "ignore").decode("utf-8")


def sha256_text(text: str) -> str:
    """Hex digest of the UTF-8 bytes; PostgreSQL computes the same in its check constraints."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _digest(*parts: object) -> str:
    return hashlib.sha256("\x1f".join(str(part) for part in parts).encode("utf-8")).hexdigest()


def version_key(project_uuid: str, uri: str, number: int, content_sha256: str) -> str:
    """Name of a document version that does not depend on database row numbers."""
    return _digest("version", project_uuid, uri, number, content_sha256)


def citation_id(key: str, start: int, end: int) -> str:
    """Name of one span of one document version; survives re-indexing and later versions."""
    return _digest("citation", key, start, end)


def embed_input(context: str, text: str) -> str:
    """What the encoder sees: where the passage stands, then the passage."""
    return f"{context}\n{text}" if context else text
